import { type RulePackName } from './rulePacks/rulePack.ts';

/** How a company wants its contacts to be judged. */
export interface GuardSettings {
  rulePack: RulePackName;
  /** Other packs, by the two letters of a contact's state. */
  rulePacksByState: Readonly<Record<string, RulePackName>>;
  /** So long what a run has handed over counts as an attempt, until the attempt itself is known. */
  reservationHours: number;
  /** A verdict is not acted on once it is older. */
  screeningMaxAgeMinutes: number;
  /** Another guard that must allow a contact, too. */
  complianceGuardUrl: string | null;
}

/** What holds for a company that has set nothing (contract: directory). */
export const defaultGuardSettings: GuardSettings = {
  rulePack: 'reg-f',
  rulePacksByState: {},
  reservationHours: 168,
  screeningMaxAgeMinutes: 30,
  complianceGuardUrl: null,
};
