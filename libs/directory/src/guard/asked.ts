import { type Theme } from '@muster/core/contactExporter';
import { type InteractionChannel } from '@muster/core/directory';
import { type RulePack } from '@muster/core/rulePacks/rulePack';
import { quoteLiteral } from '../sqlText.ts';

/** The packs that a company judges by: bit 0 is its default, each other one holds for the states that name it. */
export interface PacksInUse {
  packs: readonly [RulePack, ...RulePack[]];
  /** The position among `packs`, by the two letters of a state. */
  ofState: ReadonlyMap<string, number>;
}

/**
 * What is asked of the guard: may these candidates be contacted? A candidate is a row r (line, person_key, loan_key), with
 * a contact c, where one is named, of person p. What names SQL is a piece of it.
 */
export interface Asked {
  /** SQL of the relation whose rows are asked about, in parentheses or by name; its persons are all that is looked at. */
  rows: string;
  companyId: string;
  /** The company's. */
  timeZone: string;
  /** The moment of the verdict. */
  now: Date;
  /** Hours are judged as of noon of the company's day, and a do-not-interact at any hour of that day refuses. */
  atNoon: boolean;
  /** Every zone that a person or a do-not-interact may name. */
  zones: readonly string[];
  /** The area codes and states (in capitals) that may be met; undefined: any. */
  places?: ReadonlySet<string>;
  /** Null: what is said has no theme of ours. */
  theme: Theme | null;
  isAutodialed: boolean;
  /** SQL: the channel by which candidate c is to be contacted, and which ones may come of it. */
  channel: string;
  channels: readonly InteractionChannel[];
  /** Whether a row may name a loan. */
  hasLoans: boolean;
  /** Whether the hours of the day in which it may be contacted are wanted, too. */
  tellsHours: boolean;
  /** Archived contacts were asked for. */
  takesArchived: boolean;
  /** The run whose own reservations do not count; null where there is none. */
  ownRun: string | null;
  /** A relation of the outside guard's answers (line, contact_key, allowed, said), where there is such a guard. */
  answers: string | null;
  packs: PacksInUse;
  /** Tables in which relations of facts lie ready; the others are part of the statement. */
  gathered?: ReadonlyMap<Fact | 'tried', string>;
}

/** One thing that may speak against a candidate, as SQL. */
export interface Check {
  code: ReasonCode;
  /** Names rule and pack: `reg-f/calls-in-7-days`. */
  ruleId: string;
  /** Whether it refuses. What cannot be told (null) refuses too: where nothing is on record, say so. */
  refuses: string;
  /** What was compared, in words; never a contact's value. */
  compared: string;
}

/** A rule of the guard: what it joins, and its checks; nothing where it does not hold for what is asked. */
export interface Rule {
  needs: readonly Fact[];
  checks: readonly Check[];
}

/** What rules look at beside r, c and p; each is joined once, however many rules need it. */
export const factNames = [
  'loan',
  'consents',
  'here',
  'around',
  'area',
  'place',
  'personZone',
  'doNotInteract',
  'attempts',
  'loanAttempts',
  'located',
  'answers',
] as const;
export type Fact = (typeof factNames)[number];

/** The codes of reasons, in the order in which they give an excluded contact's first one (contract: compliance-guard). */
export const reasonCodes = [
  'doNotInteract',
  'representedByAttorney',
  'frequencyLimit',
  'recentConversation',
  'outsideAllowedHours',
  'consentRevoked',
  'consentMissing',
  'textNotPermitted',
  'contactInvalid',
  'contactArchived',
  'thirdPartyNotAuthorized',
  'borrowerInactive',
  'loanNotActive',
  'refusedOutside',
] as const;
export type ReasonCode = (typeof reasonCodes)[number];

export const noRule: Rule = { needs: [], checks: [] };

/** Themes of collecting a debt. */
export function isCollection(theme: Theme | null): boolean {
  return theme?.startsWith('opsColl') ?? false;
}

/** Themes whose calls are counted. */
export function isCounted(theme: Theme | null): boolean {
  return isCollection(theme) || theme === 'agentNotification';
}

/** SQL for whether the candidate's channel is one of these; undefined where none can be. */
export function onChannels({ channel, channels }: Asked, wanted: readonly InteractionChannel[]): string | undefined {
  const possible = channels.filter((each) => wanted.includes(each));
  if (possible.length === 0) return undefined;
  if (possible.length === channels.length) return 'true';
  return `${channel} in (${possible.map((each) => `'${each}'`).join(', ')})`;
}

/** SQL for the persons that are asked about. */
export function personsOf({ rows }: Asked): string {
  return `select person_key from ${rows} asked_for`;
}

/** SQL for the moment of the verdict. */
export function nowOf({ now }: Asked): string {
  return `${quoteLiteral(now.toISOString())}::timestamptz`;
}
