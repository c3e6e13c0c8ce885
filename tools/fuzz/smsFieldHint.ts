import fc from 'fast-check';
import { mentionOf } from './fieldHint.ts';
import { type Schema } from './schema.ts';

/** Left out. */
const nothing = fc.constant(undefined);
const seldom = (arbitrary: fc.Arbitrary<unknown>) => fc.oneof({ weight: 4, arbitrary: nothing }, arbitrary);
const number = fc.nat(30).map((nth) => String(4_520_000_000 + nth));

/** Values of the SMS API that rules beyond the schema let pass, by the name of the field. */
const hints: Record<string, fc.Arbitrary<unknown>> = {
  replyText: fc.constantFrom('Thank you', 'Thank you for [amount], [phone] [keyword] [channel]'),
  replyTextUrl: seldom(fc.constant('https://example.com/gift?from=[phone]')),
  serviceType: fc.constantFrom('Message', 'NoResponse'), // the others by a whole
  metaData: fc.constantFrom('{}', '{"list":"a"}'),
  currencyCode: fc.constantFrom('DKK', 'EUR'),
  amount: fc.constant(20),
  amountVat: fc.constant(0),
  amountTotal: fc.constant(20),
  vatPercentage: fc.constant(0),
  unitPrice: fc.constant(20),
  scheduleCalendarUnit: fc.constant('Month'),
  scheduleBaseTier: fc.integer({ min: 1, max: 12 }),
  scheduleFixedDay: fc.integer({ min: 1, max: 28 }),
  scheduleEveryOther: fc.integer({ min: 1, max: 3 }),
  scheduleSelectedSet: seldom(fc.constant('[1,2,3,4,5,6,7,8,9,10,11,12]')),
  agreementGuid: seldom(mentionOf('agreementGuid')),
  campaignGuid: fc.oneof(nothing, mentionOf('campaignGuid')),
  communicationCollectionGuid: nothing,
  keyword: fc.oneof(fc.constant('GIV'), fc.stringMatching(/^[A-Z]{3,8}$/)),
  subKeyword: seldom(fc.constantFrom('50', 'ja')),
  keywordStartDate: seldom(fc.constant('2026-01-01')),
  keywordEndDate: seldom(fc.constant('2031-12-31')),
  messageId: fc.oneof(
    fc.uuid(),
    fc.nat(20).map((nth) => `carrier-${nth}`),
  ),
  msisdn: number,
  channel: fc.constantFrom('1217', '1217', '1218'),
  text: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom('GIV', 'giv 50', 'GIV STOP', 'stop', 'Thank you! [link]') },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme-composite', minLength: 1, maxLength: 20 }) },
  ),
  senderAlias: fc.constantFrom('Red Cross', undefined),
  callbackUrl: fc.constantFrom('https://example.com/sent', undefined),
  shortenLink: nothing, // a whole has it
  externalId: fc.oneof(
    fc.uuid(),
    fc.nat(30).map((nth) => `receipt ${nth}`),
  ),
};

/** Values of a field of the SMS API that its schema alone cannot tell; undefined: the schema tells enough. */
export function smsFieldHint(name: string, schema: Schema): fc.Arbitrary<unknown> | undefined {
  return schema.readOnly ? undefined : hints[name];
}

const paid = {
  ...{ contentType: 'DigitalService', amount: 20, amountVat: 0, amountTotal: 20, vatPercentage: 0, unitPrice: 20 },
  ...{ currencyCode: 'DKK', invoiceText: 'Gift', revenueText: 'Gifts' },
};
const monthly = {
  ...{ scheduleType: 'Monthly', scheduleCalendarUnit: 'Month', scheduleBaseTier: 1 },
  ...{ scheduleFixedDay: 1, scheduleEveryOther: 1, scheduleSelectedSet: '[]' },
};
const grownUp = { targetedAudienceUnderAge: false, targetAudienceUnderAge: false, agreementGuid: null };
const recurring = {
  ...{ ...paid, ...monthly, ...grownUp, serviceType: 'Recurring' },
  ...{ agreementName: 'Monthly gift', agreementDescription: null, agreementType: 'Shared' },
};
const link = { placeholder: '[link]', url: 'https://example.com/gift' };

/** Of operations of the SMS API: fields that only go together, over what was drawn for them. */
export const smsWholes: Record<string, object[]> = {
  createCampaign: [{ ...paid, serviceType: 'Single' }, recurring, { ...recurring, agreementType: 'Personal' }],
  createAgreement: [monthly],
  sendSms: [{ text: 'See [link]', shortenLink: { shortLinkDomain: 'giiv.dk', urls: [link] } }],
};
