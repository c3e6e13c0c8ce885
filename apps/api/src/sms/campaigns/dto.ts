import { decimal, flag, ignored, integer, oneOf, pattern, text } from '@muster/core/fields';
import {
  agreementTypes,
  type AgreementType,
  calendarUnits,
  type CalendarUnit,
  contentTypes,
  type ContentType,
  scheduleTypes,
  type ScheduleType,
  serviceTypes,
  type ServiceType,
  type ShortLinkDomain,
  shortLinkDomains,
} from '@muster/messaging/smsCampaign';
import { smsLimits } from '@muster/messaging/smsLimits';
import { clearable, guid } from '../fields.ts';

const MOST_MONEY = 1_000_000;
const money = { min: 0, max: MOST_MONEY, ...clearable } as const;
const PAID = 'Required where something is paid';
const RECURRING = 'Required of an agreement, and of Recurring without `agreementGuid`';

/** When subscriptions are due, as campaigns and agreements say it. */
export class ScheduleBody {
  @oneOf(scheduleTypes, { ...clearable, description: `By its usual name; what is said beside it wins. ${RECURRING}` })
  scheduleType?: ScheduleType | null;
  @oneOf(calendarUnits, { ...clearable, description: 'What is counted in; absent: as the type says, else Month' })
  scheduleCalendarUnit?: CalendarUnit | null;
  @integer({
    ...{ ...clearable, min: 1, max: 9_999, ruled: true },
    description: `The day of the year, ISO week, month or year from which on units are counted. ${RECURRING}`,
    example: 1,
  })
  scheduleBaseTier?: number | null;
  @integer({
    ...{ ...clearable, min: 1, max: 366, ruled: true },
    description: `The day within the unit; beyond its end its last. ${RECURRING}`,
    example: 1,
  })
  scheduleFixedDay?: number | null;
  @integer({
    ...{ ...clearable, min: 1, max: smsLimits.everyOther, ruled: true },
    description: `Every so many units. ${RECURRING}`,
    example: 1,
  })
  scheduleEveryOther?: number | null;
  @text({ ...clearable, max: 2_000, description: 'The units that count, as text; none: all', example: '[1,4,7,10]' })
  scheduleSelectedSet?: string | null;
}

/** What a campaign says. */
export class CampaignBody extends ScheduleBody {
  @text({ min: 1, max: 100, description: 'For people', example: 'Winter appeal' }) campaignName!: string;
  @flag({ optional: true, description: 'Whether it takes sign-ups; true where absent' }) active = true;
  @text({
    ...{ min: 1, max: smsLimits.septets, ruled: true, lines: true, example: 'Thank you for [amount]! [url]' },
    description:
      'What is answered, in at most 9 parts: with `[phone]`, `[url]`, `[amount]`, `[keyword]`, `[channel]`. Of Recurring also what tells ' +
      'of each charge, with how to stop behind it',
  })
  replyText!: string;
  @text({ ...clearable, max: 2_000, description: 'What stands for `[url]`; may hold `[phone]`' }) replyTextUrl?:
    string | null;
  @oneOf(shortLinkDomains, { ...clearable, description: 'Where it is shortened; absent: it is not' })
  urlShortner?: ShortLinkDomain | null;
  @text({
    ...{ ...clearable, max: smsLimits.septets, ruled: true, lines: true },
    description: 'What a STOP is answered, likewise',
  })
  cancelReplyText?: string | null;
  @oneOf(serviceTypes, { description: 'What comes of a text' }) serviceType!: ServiceType;
  @oneOf(contentTypes, { ...clearable, description: `What is paid for. ${PAID}` }) contentType?: ContentType | null;
  @text({
    ...{ ...clearable, max: 20_000, lines: true, example: '{"list":"a"}' },
    description: 'A JSON object as text: put on every text that comes in',
  })
  metaData?: string | null;
  @flag({ ...clearable, description: 'Whether it is for people under age' }) targetedAudienceUnderAge?: boolean | null;
  @flag({ ...clearable, description: 'The same, by its other spelling' }) targetAudienceUnderAge?: boolean | null;
  @flag({ ...clearable, description: 'Whether what is paid may be deducted' }) taxDeductable?: boolean | null;
  @flag({ ...clearable, description: 'Whether a lost payment is pursued' }) paymentRequired?: boolean | null;
  @decimal({ ...money, description: `Without VAT. ${PAID}`, example: 20 }) amount?: number | null;
  @decimal({ ...money, description: 'Of the amount; 0 where absent', example: 0 }) amountVat?: number | null;
  @decimal({ ...money, description: `With VAT. ${PAID}`, example: 20 }) amountTotal?: number | null;
  @decimal({ ...clearable, min: 0, max: 100, description: '0 where absent', example: 0 }) vatPercentage?: number | null;
  @pattern(/^[A-Z]{3}$/, {
    ...{ ...clearable, message: 'must be a currency of ISO 4217, such as DKK' },
    ...{ description: 'DKK where absent', example: 'DKK' },
  })
  currencyCode?: string | null;
  @text({ ...clearable, max: 50, description: 'Of the bookkeeping' }) purposeAccountingCode?: string | null;
  @text({ ...clearable, max: 50, description: 'What is paid for, one of it' }) unit?: string | null;
  @decimal({ ...money, description: `Of one unit. ${PAID}` }) unitPrice?: number | null;
  @guid({ ...clearable, description: 'An agreement that is there; else one is made' }) agreementGuid?: string | null;
  @text({ ...clearable, max: smsLimits.agreementName, ruled: true, description: RECURRING }) agreementName?:
    string | null;
  @text({ ...clearable, max: smsLimits.agreementDescription, ruled: true, description: 'Of the agreement' })
  agreementDescription?: string | null;
  @oneOf(agreementTypes, {
    ...clearable,
    description: `Whether each number has its own, or all share one. ${RECURRING}`,
  })
  agreementType?: AgreementType | null;
  @guid({ ...clearable, description: 'Of `communicationCollections`' }) communicationCollectionGuid?: string | null;
  @text({ ...clearable, max: 200, description: `On the payer’s bill. ${PAID}` }) invoiceText?: string | null;
  @text({ ...clearable, max: 200, description: `In the organisation’s books. ${PAID}` }) revenueText?: string | null;
}

/** The body of `POST /campaign`: what the server says of a campaign may be sent back. */
export class CreateCampaign extends CampaignBody {
  @ignored() campaignGuid?: unknown;
  @ignored() createdTs?: unknown;
  @ignored() merchantId?: unknown;
}
