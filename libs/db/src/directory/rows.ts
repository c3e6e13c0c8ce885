import { type HourSpan } from '@muster/core/checkDoNotInteract';
import {
  type Affiliation,
  type ContactLabel,
  type ContactStatus,
  type ContactType,
  type Theme,
} from '@muster/core/contactExporter';
import {
  type BlockedChannel,
  type BlockedTheme,
  type BorrowerType,
  type CollectionsIntensity,
  type InteractionChannel,
  type InteractionDirection,
  type InteractionStatus,
  type LoanStatus,
  type PersonStatus,
} from '@muster/core/directory';
import { type CompanyObject } from '../defineSchema.ts';

type CalendarDay = string | null;
type Json = Record<string, unknown> | null;

/** A row of `person`. */
export interface PersonRow extends CompanyObject {
  /** The displayId, in digits. */
  key: string;
  borrowerType: BorrowerType;
  status: PersonStatus;
  statusUpdatedAt: Date | null;
  collectionsIntensity: CollectionsIntensity;
  monitorStartDate: CalendarDay;
  prefix: string | null;
  firstName: string | null;
  middleName: string | null;
  lastName: string | null;
  maidenLastName: string | null;
  suffix: string | null;
  preferredFirstName: string | null;
  dateOfBirth: CalendarDay;
  timeZone: string | null;
  commPreferences: Json;
  metaData: Json;
}

/** What belongs to a person. */
interface OfPerson extends CompanyObject {
  personKey: string;
  /** Worked out from the key. */
  personId: string;
}

/** A row of `loan`. */
export interface LoanRow extends OfPerson {
  /** The displayId, in digits. */
  key: string;
  status: LoanStatus;
}

/** A row of `contact`. */
export interface ContactRow extends OfPerson {
  key: string;
  contactType: ContactType;
  label: ContactLabel | null;
  affiliation: Affiliation;
  status: ContactStatus;
  name: string | null;
  value: string | null;
  addressLine1: string | null;
  addressLine2: string | null;
  city: string | null;
  countyOrRegion: string | null;
  state: string | null;
  postalCode: string | null;
  country: string | null;
  poBox: string | null;
  valid: boolean;
  verified: boolean;
  receiveTextMessages: boolean;
  receiveTextMessagesLastConsentAt: Date | null;
  authorizedThirdParty: boolean;
  powerOfAttorney: boolean;
  phoneDisconnectionDetails: Json;
}

/** A row of `do_not_interact`. An attribute that is null or empty does not restrict it. */
export interface DoNotInteractRow extends OfPerson {
  /** Null: of no case in particular. */
  caseId: string | null;
  channels: BlockedChannel[] | null;
  themes: BlockedTheme[] | null;
  startDate: CalendarDay;
  endDate: CalendarDay;
  daysOfWeek: number[] | null;
  timezone: string | null;
  timesOfDay: HourSpan[] | null;
  contactLabels: ContactLabel[] | null;
  source: string | null;
}

/** What an interaction has no columns for: absent where nothing was said. */
export interface InteractionDetails {
  scheduledAtFrom?: string;
  scheduledAtTo?: string;
  isTransactional?: boolean;
  sensitive?: boolean;
  previousInteractionId?: string;
  metaData?: Record<string, unknown>;
  failureDescriptionShort?: string;
  failureDescriptionLong?: string;
  complianceGuardRuleId?: string;
}

/** A row of `interaction`. */
export interface InteractionRow extends OfPerson {
  key: string;
  loanKeys: string[] | null;
  /** Worked out from the keys, in their order. */
  loanIds: string[] | null;
  contactKey: string | null;
  contactId: string | null;
  contactExternalId: string | null;
  caseId: string | null;
  channel: InteractionChannel;
  direction: InteractionDirection;
  status: InteractionStatus;
  statusDetails: string | null;
  theme: Theme;
  subject: string | null;
  content: string | null;
  startedAt: Date;
  endedAt: Date | null;
  details: InteractionDetails | null;
}
