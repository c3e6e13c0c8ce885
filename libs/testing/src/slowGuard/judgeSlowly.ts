import { type ConsentName } from '@muster/core/directory';
import { type FrequencyLimit, type RulePack } from '@muster/core/rulePacks/rulePack';
import { isBlocked } from './isBlocked.ts';
import { momentOf } from './momentOf.ts';
import { attemptsBefore, isCountedTheme, lastTalk } from './pastOf.ts';
import { contactOf, packsOf, zonesOf } from './placesOf.ts';
import { type SlowContact, type SlowPerson, type SlowQuestion, unknownIntensity } from './slowWorld.ts';
import { wallIn } from './wallClock.ts';
import { windowOf } from './windowOf.ts';

export interface SlowVerdict {
  /** Each as `code ruleId: what was compared`, in the contract's order. */
  reasons: string[];
  packs: string;
  callFrom: string | null;
  callUntil: string | null;
}

interface Case {
  person: SlowPerson;
  question: SlowQuestion;
  contact: SlowContact | undefined;
  packs: RulePack[];
  collects: boolean;
}

/**
 * Compliance Guard a second time, one person at a time, from the contract alone (compliance-guard.md): what the guard's
 * SQL is held against. Shares with it the numbers of the packs and the tables of places, and no code.
 */
export function judgeSlowly(person: SlowPerson, question: SlowQuestion): SlowVerdict {
  const contact = contactOf(person, question);
  const packs = packsOf(person, question);
  const one: Case = { person, question, contact, packs, collects: question.theme?.startsWith('opsColl') ?? false };
  const { channel } = question;
  const reasons = [
    ...(isBlocked(person, question) ? [`doNotInteract do-not-interact: in force for ${channel}`] : []),
    ...attorneys(one),
    ...limitsReached(one),
    ...conversations(one),
    ...hoursMissed(one),
    ...consentsLacking(one, 'revoked'),
    ...consentsLacking(one, 'missing'),
    ...(contact && channel === 'text' && !contact.takesTexts ? [noTexts] : []),
    ...(contact && !contact.isValid ? ['contactInvalid valid: valid false'] : []),
    ...(contact?.status === 'archived' && !question.takesArchived ? [archived] : []),
    ...othersAsked(one),
    ...(one.collects && person.status === 'inactive' ? ['borrowerInactive borrower-active: status inactive'] : []),
    ...loansOver(one),
  ];
  return {
    reasons,
    packs: packs.map(({ name, version }) => `${name} ${version}`).join(', '),
    ...windowOf(person, question, packs),
  };
}

/** The verdict on several loans: every one must allow it; all reasons, each once, in the contract's order. */
export function judgeLoansSlowly(
  person: SlowPerson,
  { loans, ...question }: Omit<SlowQuestion, 'loan'> & { loans: readonly number[] },
): SlowVerdict {
  const verdicts = (loans.length > 0 ? loans : [null]).map((loan) => judgeSlowly(person, { ...question, loan }));
  const found = new Set(verdicts.flatMap(({ reasons }) => reasons));
  const reasons = order.flatMap((code) => [...found].filter((reason) => reason.split(' ')[0] === code));
  return { packs: '', callFrom: null, callUntil: null, ...verdicts[0], reasons };
}

const order = [
  ...['doNotInteract', 'representedByAttorney', 'frequencyLimit', 'recentConversation', 'outsideAllowedHours'],
  ...['consentRevoked', 'consentMissing', 'textNotPermitted', 'contactInvalid', 'contactArchived'],
  ...['thirdPartyNotAuthorized', 'borrowerInactive', 'loanNotActive'],
];

const noTexts = 'textNotPermitted text-permission: receiveTextMessages false';
const archived = 'contactArchived archived: status archived';

function attorneys({ person, contact, collects }: Case) {
  const hasAttorney = person.contacts.some(
    (each) => each.affiliation === 'attorney' && each.status !== 'archived' && !each.isDeleted,
  );
  const said = person.consents.contactPersonRepByAttorney;
  if (!collects || !hasAttorney || contact?.affiliation === 'attorney' || said === 'consented') return [];
  return [`representedByAttorney attorney: attorney on record, contactPersonRepByAttorney ${said ?? 'not given'}`];
}

function limitsReached({ person, question, contact, packs }: Case) {
  const reached: string[] = [];
  if (!isCountedTheme(question.theme)) return reached;
  for (const pack of packs) {
    for (const limit of pack.frequency) {
      if (!limit.channels.includes(question.channel) || !isLimited(contact, limit)) continue;
      const compared = attemptsCompared(person, question, limit);
      if (compared !== undefined) reached.push(`frequencyLimit ${pack.name}/${limit.id}: ${compared}`);
    }
  }
  return reached;
}

/** In words, where they are too many or nobody can tell. */
function attemptsCompared(person: SlowPerson, question: SlowQuestion, limit: FrequencyLimit) {
  if (person.intensity === unknownIntensity) return 'unknown';
  const [attempts, most] = [attemptsBefore(person, question, limit), limit.most[person.intensity]];
  return attempts < most ? undefined : `${attempts} of ${most} attempts in ${limit.windowHours} hours`;
}

// a contact that is not named may be any
function isLimited(contact: SlowContact | undefined, { places }: FrequencyLimit) {
  if (!contact || places === 'any') return true;
  return (places === 'personalOrHome') === (contact.label === 'personal' || contact.label === 'home');
}

function conversations({ person, question, packs }: Case) {
  if (!isCountedTheme(question.theme)) return [];
  return packs.flatMap((pack) => {
    const { channels, windowHours } = pack.conversation;
    const last = channels.includes(question.channel) ? lastTalk(person, question, pack) : undefined;
    if (!last) return [];
    const hours = Math.floor((question.now.getTime() - last.getTime()) / 3_600_000);
    return [`recentConversation ${pack.name}/conversation: spoken ${hours} of ${windowHours} hours ago`];
  });
}

function hoursMissed({ person, question, packs }: Case) {
  if (person.consents.contactPersonUnusualTime === 'consented') return [];
  const isInside = (zone: string, { hours }: RulePack) => {
    const wall = wallIn(zone, momentOf(question));
    return wall !== undefined && wall.secondOfDay >= hours.from * 3600 && wall.secondOfDay < hours.until * 3600;
  };
  const zones = zonesOf(person, question);
  const at = new Date(momentOf(question)).toISOString();
  return packs
    .filter((pack) => !zones.every((zone) => isInside(zone, pack)))
    .map(({ name, hours: { from, until } }) => {
      const compared = `at ${at} not ${from} to ${until} in all of {${[...zones].sort().join(',')}}`;
      return `outsideAllowedHours ${name}/hours: ${compared}`;
    });
}

function consentsLacking({ person, question, contact, collects }: Case, how: 'revoked' | 'missing') {
  const { channel, isAutodialed } = question;
  const needed: [ConsentName, string][] = [];
  if (channel === 'email' || channel === 'text' || channel === 'chat') needed.push(['electronicComms', 'electronic']);
  const isAtWork = contact?.label === 'work' || contact?.affiliation === 'employer';
  if (collects && isAtWork) needed.push(['contactPersonWork', 'at-work']);
  if (collects && isAutodialed && channel === 'voice') needed.push(['autodialedColl', 'autodialed']);
  const lacking = needed.filter(([name]) => {
    const said = person.consents[name];
    return how === 'revoked' ? said === 'revoked' : said === undefined && name !== 'electronicComms';
  });
  const [code, word] = how === 'revoked' ? ['consentRevoked', 'revoked'] : ['consentMissing', 'not given'];
  return lacking.map(([name, ruleId]) => `${code} ${ruleId}: ${name} ${word}`);
}

function othersAsked({ person, question, contact }: Case) {
  const { theme } = question;
  if (!contact || !isCountedTheme(theme)) return [];
  if (['self', 'coBorrower', 'attorney'].includes(contact.affiliation)) return [];
  if (contact.isAuthorized || contact.hasPowerOfAttorney) return [];
  if (theme === 'opsCollVerifyEmployment' || theme === 'opsCollContactEmployerNotice') return [];
  if (theme !== 'opsCollLocateBorrower')
    return [`thirdPartyNotAuthorized third-party: affiliation ${contact.affiliation}`];
  const wasAsked = person.interactions.some(({ theme, status, isDeleted, contact: at }) => {
    const asked = typeof at === 'number' ? person.contacts[at] : undefined;
    const isAnswer = theme === 'opsCollLocateBorrower' && status === 'succeeded' && !isDeleted;
    return isAnswer && (asked === undefined || isSameParty(asked, contact));
  });
  return wasAsked ? [`thirdPartyNotAuthorized locate-once: affiliation ${contact.affiliation}, asked before`] : [];
}

// who has no name may be any of those
function isSameParty(one: SlowContact, other: SlowContact) {
  const [name, otherName] = [one, other].map((each) => (each.name ?? '').replaceAll(/[\s.]/g, '').toLowerCase());
  if (one.value !== null && one.value === other.value) return true;
  return one.affiliation === other.affiliation && (!name || !otherName || name === otherName);
}

function loansOver({ person, question, collects }: Case) {
  const loan = question.loan === null ? undefined : person.loans[question.loan];
  if (!collects || !loan) return [];
  if (loan.isDeleted) return ['loanNotActive loan-active: unknown'];
  const isOver = loan.status === 'paidOff' || loan.status === 'closed';
  return isOver ? [`loanNotActive loan-active: status ${loan.status}`] : [];
}
