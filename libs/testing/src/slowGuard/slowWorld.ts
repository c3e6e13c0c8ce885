import {
  type Affiliation,
  type ContactLabel,
  type ContactStatus,
  type ContactType,
  type Theme,
} from '@muster/core/contactExporter';
import {
  type CollectionsIntensity,
  type ConsentName,
  type ConsentStatus,
  type InteractionChannel,
  type InteractionDirection,
  type InteractionStatus,
  type LoanStatus,
  type PersonStatus,
} from '@muster/core/directory';
import { type GuardSettings } from '@muster/core/guardSettings';

// What the slow guard looks at: one person, with all that is on record. Contacts and loans are named by their position.

/** An intensity of a release later than ours, of which no pack has a number. */
export const unknownIntensity = 'gentle';

export interface SlowContact {
  type: ContactType;
  name: string | null;
  value: string | null;
  label: ContactLabel | null;
  affiliation: Affiliation;
  status: ContactStatus;
  state: string | null;
  country: string | null;
  isValid: boolean;
  takesTexts: boolean;
  isAuthorized: boolean;
  hasPowerOfAttorney: boolean;
  isDeleted: boolean;
}

export interface SlowDoNotInteract {
  channels: string[] | null;
  themes: string[] | null;
  labels: ContactLabel[] | null;
  startDate: string | null;
  endDate: string | null;
  /** 0 is Monday. */
  daysOfWeek: number[] | null;
  hours: { fromHour: number; toHour: number }[] | null;
  timeZone: string | null;
  isDeleted: boolean;
}

export interface SlowLoan {
  status: LoanStatus;
  isDeleted: boolean;
}

/** A loan that an interaction may name: one of the person's, or somebody else's. */
export type NamedLoan = number | 'foreign';

export interface SlowInteraction {
  channel: InteractionChannel;
  direction: InteractionDirection;
  status: InteractionStatus;
  theme: Theme;
  /** Null: nobody has said how it went. */
  isConversation: boolean | null;
  loans: NamedLoan[] | null;
  contact: number | 'unknown' | null;
  startedAt: Date;
  isDeleted: boolean;
}

export interface SlowReservation {
  run: string;
  loan: number | null;
  channel: InteractionChannel;
  theme: Theme;
  reservedAt: Date;
  expiresAt: Date;
  isReleased: boolean;
  isConsumed: boolean;
}

export interface SlowPerson {
  status: PersonStatus;
  intensity: CollectionsIntensity | typeof unknownIntensity;
  timeZone: string | null;
  contacts: SlowContact[];
  loans: SlowLoan[];
  consents: Partial<Record<ConsentName, ConsentStatus>>;
  doNotInteracts: SlowDoNotInteract[];
  interactions: SlowInteraction[];
  reservations: SlowReservation[];
}

/** May this person be contacted? */
export interface SlowQuestion {
  now: Date;
  companyZone: string;
  guard: Pick<GuardSettings, 'rulePack' | 'rulePacksByState'>;
  atNoon: boolean;
  theme: Theme | null;
  isAutodialed: boolean;
  channel: InteractionChannel;
  contact: number | null;
  loan: number | null;
  takesArchived: boolean;
  ownRun: string | null;
}
