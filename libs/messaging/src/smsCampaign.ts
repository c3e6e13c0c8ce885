// The words of the SMS API's contract, as its clients spell them: they are stored and answered so.

export const serviceTypes = ['NoResponse', 'Message', 'Single', 'Recurring'] as const;
/** What comes of an inbound text: nothing, a reply, a payment, or a payment on each due date. */
export type ServiceType = (typeof serviceTypes)[number];

export const contentTypes = [
  'PhysicalProduct',
  'DigitalService',
  'HumanitarianDonation',
  'NonHumanitarianDonation',
] as const;
/** What is paid for. */
export type ContentType = (typeof contentTypes)[number];

export const agreementTypes = ['Personal', 'Shared'] as const;
/** Whether each number has an agreement of its own, or all that sign up share one. */
export type AgreementType = (typeof agreementTypes)[number];

export const scheduleTypes = ['Daily', 'Weekly', 'Monthly', 'Quarterly', 'HalfYearly', 'Yearly', 'Custom'] as const;
/** A schedule by its usual name; what is said beside it wins. */
export type ScheduleType = (typeof scheduleTypes)[number];

export const calendarUnits = ['Day', 'Week', 'Month', 'Year'] as const;
/** What a schedule counts in. */
export type CalendarUnit = (typeof calendarUnits)[number];

export const shortLinkDomains = ['giiv.dk', 'kortl.ink'] as const;
/** Under which domain a reply's address is shortened. */
export type ShortLinkDomain = (typeof shortLinkDomains)[number];

export const callbackVerbosities = ['None', 'Final'] as const;
/** What an organisation is told of a text that it has asked for: nothing, or what became of it. The words are ours. */
export type CallbackVerbosity = (typeof callbackVerbosities)[number];

/** When a subscription is due, as a campaign or an agreement says it; absent is what its type says. */
export interface ScheduleFields {
  scheduleType: ScheduleType;
  scheduleCalendarUnit: CalendarUnit | null;
  /** The ordinal of the unit from which on units are counted: day of the year, ISO week, month or year. */
  scheduleBaseTier: number | null;
  /** The day within the unit, from 1; beyond its end it is its last. */
  scheduleFixedDay: number | null;
  /** Every so many units. */
  scheduleEveryOther: number | null;
  /** The ordinals of the units that count; none: all. */
  scheduleSelectedSet: readonly number[];
}

/** What a campaign says, without what the server says of it; null: left out. */
export interface CampaignFields extends Partial<ScheduleFields> {
  campaignName: string;
  active: boolean;
  /** With `[phone]`, `[url]`, `[amount]`, `[keyword]` and `[channel]`. */
  replyText: string;
  /** May hold `[phone]`. */
  replyTextUrl: string | null;
  urlShortner: ShortLinkDomain | null;
  cancelReplyText: string | null;
  serviceType: ServiceType;
  contentType: ContentType | null;
  /** A JSON object as text, put on every inbound message. */
  metaData: string | null;
  targetedAudienceUnderAge: boolean;
  taxDeductable: boolean;
  paymentRequired: boolean;
  amount: number | null;
  amountVat: number;
  amountTotal: number | null;
  vatPercentage: number;
  /** ISO 4217. */
  currencyCode: string;
  purposeAccountingCode: string | null;
  unit: string | null;
  unitPrice: number | null;
  agreementGuid: string | null;
  agreementName: string | null;
  agreementDescription: string | null;
  agreementType: AgreementType | null;
  communicationCollectionGuid: string | null;
  invoiceText: string | null;
  revenueText: string | null;
}

/** The settings of an organisation, which is a company, for its texts. */
export interface SmsSettings {
  /** IANA; of its calendar and of the timestamps in its answers. */
  timeZone: string;
  /** Whether a body without its MD5 is refused. */
  requireMd5: boolean;
  /** Whether it is a member of ISOBRO, which raises the limit of donations. */
  isobroMember: boolean;
}

export const smsDefaults: SmsSettings = { timeZone: 'Europe/Copenhagen', requireMd5: true, isobroMember: true };
