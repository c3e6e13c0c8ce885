import { type CollectionsIntensity, type InteractionChannel } from '../directory.ts';

/** A limit of attempts: within the window at most so many, by the borrower's intensity. */
export interface FrequencyLimit {
  /** Names the limit in verdicts: `<pack>/<id>`. */
  id: string;
  /** Counted together, and refused together. */
  channels: readonly InteractionChannel[];
  /** Which contacts it counts and refuses: labels personal and home, or all others. */
  places: 'any' | 'personalOrHome' | 'elsewhere';
  windowHours: number;
  most: Readonly<Record<CollectionsIntensity, number>>;
  /** The regulation that the number comes from. */
  source: string;
}

/** The numbers by which Compliance Guard decides, as one regulation has them. */
export interface RulePack {
  name: RulePackName;
  /** Told in each verdict: raise it with each change of a number. */
  version: string;
  /** The company's day from which this version holds, YYYY-MM-DD. */
  effectiveFrom: string;
  /** Contacts only from this hour (inclusive) until that (exclusive), in every plausible zone of the contact. */
  hours: { from: number; until: number; source: string };
  frequency: readonly FrequencyLimit[];
  /** So long after a conversation nobody calls again. */
  conversation: { channels: readonly InteractionChannel[]; windowHours: number; source: string };
}

/** The names by which companies choose packs. */
export const rulePackNames = ['reg-f', 'massachusetts'] as const;
export type RulePackName = (typeof rulePackNames)[number];
