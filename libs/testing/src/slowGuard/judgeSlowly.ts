import { type ConsentName } from '@muster/core/directory';
import { type FrequencyLimit, type RulePack } from '@muster/core/rulePacks/rulePack';
import { isBlocked } from './isBlocked.ts';
import { attemptsBefore, hasSpoken, isCountedTheme } from './pastOf.ts';
import { contactOf, packsOf, zonesOf } from './placesOf.ts';
import { type SlowContact, type SlowPerson, type SlowQuestion } from './slowWorld.ts';
import { instantOf, toldIn, wallIn } from './wallClock.ts';

export interface SlowVerdict {
  /** Each as `code ruleId`, in the contract's order. */
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
  const reasons = [
    ...(isBlocked(person, question) ? ['doNotInteract do-not-interact'] : []),
    ...(isRepresented(one) ? ['representedByAttorney attorney'] : []),
    ...limitsReached(one),
    ...conversations(one),
    ...hoursMissed(one),
    ...consentsLacking(one, 'revoked').map((ruleId) => `consentRevoked ${ruleId}`),
    ...consentsLacking(one, 'missing').map((ruleId) => `consentMissing ${ruleId}`),
    ...(contact && question.channel === 'text' && !contact.takesTexts ? ['textNotPermitted text-permission'] : []),
    ...(contact && !contact.isValid ? ['contactInvalid valid'] : []),
    ...(contact?.status === 'archived' && !question.takesArchived ? ['contactArchived archived'] : []),
    ...othersAsked(one),
    ...(one.collects && person.status === 'inactive' ? ['borrowerInactive borrower-active'] : []),
    ...(isLoanOver(one) ? ['loanNotActive loan-active'] : []),
  ];
  return { reasons, packs: packs.map(({ name, version }) => `${name} ${version}`).join(', '), ...windowOf(one) };
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

function isRepresented({ person, contact, collects }: Case) {
  const hasAttorney = person.contacts.some(
    (each) => each.affiliation === 'attorney' && each.status !== 'archived' && !each.isDeleted,
  );
  const maySpeak = person.consents.contactPersonRepByAttorney === 'consented';
  return collects && hasAttorney && contact?.affiliation !== 'attorney' && !maySpeak;
}

function limitsReached({ person, question, contact, packs }: Case) {
  const reached: string[] = [];
  if (!isCountedTheme(question.theme)) return reached;
  for (const pack of packs) {
    for (const limit of pack.frequency) {
      if (!limit.channels.includes(question.channel) || !isLimited(contact, limit)) continue;
      if (attemptsBefore(person, question, limit) < limit.most[person.intensity]) continue;
      reached.push(`frequencyLimit ${pack.name}/${limit.id}`);
    }
  }
  return reached;
}

// a contact that is not named may be any
function isLimited(contact: SlowContact | undefined, { places }: FrequencyLimit) {
  if (!contact || places === 'any') return true;
  return (places === 'personalOrHome') === (contact.label === 'personal' || contact.label === 'home');
}

function conversations({ person, question, packs }: Case) {
  if (!isCountedTheme(question.theme)) return [];
  return packs
    .filter((pack) => pack.conversation.channels.includes(question.channel) && hasSpoken(person, question, pack))
    .map(({ name }) => `recentConversation ${name}/conversation`);
}

function momentOf({ atNoon, companyZone, now }: SlowQuestion) {
  if (!atNoon) return now.getTime();
  return instantOf(companyZone, wallIn(companyZone, now.getTime())?.date ?? '', 12);
}

function hoursMissed({ person, question, packs }: Case) {
  if (person.consents.contactPersonUnusualTime === 'consented') return [];
  const isInside = (zone: string, { hours }: RulePack) => {
    const wall = wallIn(zone, momentOf(question));
    return wall !== undefined && wall.secondOfDay >= hours.from * 3600 && wall.secondOfDay < hours.until * 3600;
  };
  return packs
    .filter((pack) => !zonesOf(person, question).every((zone) => isInside(zone, pack)))
    .map(({ name }) => `outsideAllowedHours ${name}/hours`);
}

/** The hours of the day in which all clocks of the contact are within all packs' hours; null where there are none. */
function windowOf({ person, question, packs }: Case): Pick<SlowVerdict, 'callFrom' | 'callUntil'> {
  let from: { zone: string; at: number } | undefined;
  let until: { zone: string; at: number } | undefined;
  for (const zone of zonesOf(person, question)) {
    const wall = wallIn(zone, momentOf(question));
    if (!wall) return { callFrom: null, callUntil: null };
    for (const { hours } of packs) {
      const begins = instantOf(zone, wall.date, hours.from);
      const ends = instantOf(zone, wall.date, hours.until);
      // of clocks that agree, the one whose date is later to begin with, and the one whose date is earlier to end with
      if (!from || begins > from.at || (begins === from.at && isLater(zone, from.zone, begins))) {
        from = { zone, at: begins };
      }
      if (!until || ends < until.at || (ends === until.at && isLater(until.zone, zone, ends))) {
        until = { zone, at: ends };
      }
    }
  }
  if (!from || !until || from.at >= until.at) return { callFrom: null, callUntil: null };
  return { callFrom: toldIn(from.zone, from.at), callUntil: toldIn(until.zone, until.at) };
}

function isLater(zone: string, other: string, at: number) {
  return toldIn(zone, at) > toldIn(other, at);
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
  return lacking.map(([, ruleId]) => ruleId);
}

function othersAsked({ person, question, contact }: Case) {
  const { theme } = question;
  if (!contact || !isCountedTheme(theme)) return [];
  if (['self', 'coBorrower', 'attorney'].includes(contact.affiliation)) return [];
  if (contact.isAuthorized || contact.hasPowerOfAttorney) return [];
  if (theme === 'opsCollVerifyEmployment' || theme === 'opsCollContactEmployerNotice') return [];
  if (theme !== 'opsCollLocateBorrower') return ['thirdPartyNotAuthorized third-party'];
  const wasAsked = person.interactions.some(
    (past) =>
      past.contact === question.contact &&
      past.theme === 'opsCollLocateBorrower' &&
      past.status === 'succeeded' &&
      !past.isDeleted,
  );
  return wasAsked ? ['thirdPartyNotAuthorized locate-once'] : [];
}

function isLoanOver({ person, question, collects }: Case) {
  const status = question.loan === null ? undefined : person.loans[question.loan];
  return collects && (status === 'paidOff' || status === 'closed');
}
