import { type CampaignDraft } from './campaignDraft.ts';
import { campaignFaults } from './campaignFaults.ts';
import { smsErrors, type SmsName } from './smsErrors.ts';

const message: CampaignDraft = { serviceType: 'Message', campaignName: 'Leaflet', replyText: 'Tak' };
const single: CampaignDraft = {
  ...message,
  serviceType: 'Single',
  contentType: 'DigitalService',
  amount: 16,
  amountVat: 4,
  amountTotal: 20,
  vatPercentage: 25,
  unitPrice: 20,
  invoiceText: 'Leaflet',
  revenueText: 'Leaflet',
};
const recurring: CampaignDraft = {
  ...single,
  serviceType: 'Recurring',
  agreementName: 'Monthly',
  agreementType: 'Personal',
  scheduleType: 'Monthly',
  scheduleBaseTier: 1,
  scheduleFixedDay: 1,
  scheduleEveryOther: 1,
};
const faultsOf = (campaign: CampaignDraft, isobroMember = true) =>
  campaignFaults(campaign, { today: '2026-03-05', isobroMember });
const pairs = (campaign: CampaignDraft) => faultsOf(campaign).map(({ code, field }) => [code, field]);
const pair = (name: SmsName, field: string) => [smsErrors[name].code, field];

it.each([message, single, recurring, { ...message, serviceType: 'NoResponse', replyText: '' } as const])(
  'finds nothing wrong with a plain $serviceType',
  (campaign) => {
    expect(faultsOf(campaign)).toEqual([]);
  },
);

it.each(['', ' \n', null, undefined])('misses what is required of any campaign, where it is %j', (nothing) => {
  const faults = [pair('invalidField', 'campaignName'), pair('invalidField', 'replyText')];
  expect(pairs({ ...message, campaignName: nothing, replyText: nothing })).toEqual(faults);
});

it.each(['contentType', 'amount', 'amountTotal', 'unitPrice', 'invoiceText', 'revenueText'] as const)(
  'misses %s in what is paid, and nowhere else',
  (field) => {
    expect(pairs({ ...single, [field]: null })).toEqual([pair('invalidField', field)]);
    expect(pairs({ ...recurring, [field]: undefined })).toEqual([pair('invalidField', field)]);
    expect(pairs({ ...message, [field]: null })).toEqual([]);
  },
);

it.each([
  'agreementName',
  'agreementType',
  'scheduleType',
  'scheduleBaseTier',
  'scheduleFixedDay',
  'scheduleEveryOther',
] as const)('misses %s where Recurring names no agreement', (field) => {
  expect(pairs({ ...recurring, [field]: null })).toEqual([pair('invalidField', field)]);
  expect(pairs({ ...recurring, [field]: null, agreementGuid: 'b5b1a0c6-0a5e-4e9e-8a53-d26d3e2a5a10' })).toEqual([]);
  expect(pairs({ ...single, [field]: null })).toEqual([]);
});

describe('amounts', () => {
  it.each<Partial<CampaignDraft>>([
    { amount: 0.1, amountVat: 0.2, amountTotal: 0.3, vatPercentage: 200 },
    { amount: 0.3, amountVat: 0, amountTotal: 0.305, vatPercentage: 0 },
    { amount: 80.01, amountVat: 20, amountTotal: 100.01, vatPercentage: 25 },
    { amount: 1.1, amountVat: 0.275, amountTotal: 1.375, vatPercentage: 25 },
    { amount: 20, amountTotal: 20, amountVat: null, vatPercentage: null },
    { amount: 370, amountTotal: 370, amountVat: 0, vatPercentage: 0 },
    { amount: 4000, amountTotal: 5000, amountVat: 1000, currencyCode: 'SEK' },
  ])('takes what is exact in decimals, or within half a hundredth: %j', (amounts) => {
    expect(faultsOf({ ...single, ...amounts })).toEqual([]);
  });

  it.each<[Partial<CampaignDraft>, SmsName, string]>([
    [{ amountTotal: 20.01 }, 'amountTotalOff', 'amountTotal'],
    [{ amountTotal: 20.0051 }, 'amountTotalOff', 'amountTotal'],
    [{ amountTotal: 19.9949 }, 'amountTotalOff', 'amountTotal'],
    [{ vatPercentage: 20 }, 'amountVatOff', 'amountVat'],
    [{ vatPercentage: null }, 'amountVatOff', 'amountVat'],
    [{ amountVat: 4.0051, amountTotal: 20.0051 }, 'amountVatOff', 'amountVat'],
    [{ amount: 296.01, amountVat: 74, amountTotal: 370.01 }, 'amountTotalTooHigh', 'amountTotal'],
    [{ unitPrice: -1 }, 'invalidField', 'unitPrice'],
    [{ amount: -16, amountVat: -4, amountTotal: -20 }, 'invalidField', 'amount'],
  ])('refuses %j', (amounts, name, field) => {
    expect(pairs({ ...single, ...amounts })[0]).toEqual(pair(name, field));
  });

  it.each([0, 0.004])('charge something where something is paid: %d is nothing', (amount) => {
    const nothing = { amount, amountTotal: amount, amountVat: 0, vatPercentage: 0 };
    for (const paid of [single, recurring])
      expect(pairs({ ...paid, ...nothing })).toEqual([pair('invalidField', 'amountTotal')]);
    expect(pairs({ ...message, ...nothing })).toEqual([]);
    expect(pairs({ ...single, ...nothing, amount: 0.01, amountTotal: 0.01 })).toEqual([]);
  });

  it('says what to write', () => {
    expect(faultsOf({ ...single, amountTotal: 21 })[0]?.message).toContain('write 20,');
    expect(faultsOf({ ...single, vatPercentage: 12.5 })[0]?.message).toContain('write 2,');
  });

  it('lets an audience under age pay 30 at once, and nothing again and again', () => {
    const child = { targetedAudienceUnderAge: true };
    const thirty = { amount: 24, amountVat: 6, amountTotal: 30 };
    expect(faultsOf({ ...single, ...child, ...thirty })).toEqual([]);
    const more = { amount: 24.01, amountVat: 6, amountTotal: 30.01, vatPercentage: 25 };
    expect(pairs({ ...single, ...child, ...more })).toEqual([pair('underAgeAmount', 'amountTotal')]);
    expect(pairs({ ...recurring, ...child })).toEqual([pair('underAgeRecurring', 'serviceType')]);
    expect(faultsOf({ ...message, ...child, ...more })).toEqual([]);
  });
});

describe('donations', () => {
  const gift = { amount: 200.01, amountVat: 0, amountTotal: 200.01, vatPercentage: 0 };
  const codesOf = (campaign: CampaignDraft, isobroMember: boolean) =>
    faultsOf(campaign, isobroMember).map(({ code, field }) => [code, field]);

  it.each(['HumanitarianDonation', 'NonHumanitarianDonation'] as const)(
    'of %s above the limit of a month are none that could ever be charged',
    (contentType) => {
      const above = [pair('monthlyLimitReached', 'amountTotal')];
      expect(codesOf({ ...single, ...gift, contentType }, false)).toEqual(above);
      expect(codesOf({ ...recurring, ...gift, contentType }, false)).toEqual(above);
      expect(codesOf({ ...single, ...gift, contentType, amount: 200, amountTotal: 200 }, false)).toEqual([]);
    },
  );

  it.each<[string, CampaignDraft, boolean]>([
    ['a member of ISOBRO', { ...single, ...gift, contentType: 'HumanitarianDonation' }, true],
    ['what is no donation', { ...single, ...gift }, false],
    ['another currency', { ...single, ...gift, contentType: 'HumanitarianDonation', currencyCode: 'SEK' }, false],
    ['what charges nothing', { ...message, ...gift, contentType: 'HumanitarianDonation' }, false],
  ])('have no limit at once with %s', (_, campaign, isobroMember) => {
    expect(codesOf(campaign, isobroMember)).toEqual([]);
  });
});

describe('replies', () => {
  const lengthOf = (campaign: CampaignDraft, replyText: string) => pairs({ ...campaign, replyText });
  const tooLong = [pair('textTooLong', 'replyText')];

  it('may take 9 parts', () => {
    expect(lengthOf(message, 'a'.repeat(1377))).toEqual([]);
    expect(lengthOf(message, 'a'.repeat(1378))).toEqual(tooLong);
    expect(lengthOf(message, 'ê'.repeat(603))).toEqual([]);
    expect(lengthOf(message, 'ê'.repeat(604))).toEqual(tooLong);
    expect(lengthOf(message, '€'.repeat(76 * 9))).toEqual([]);
    expect(lengthOf(message, '€'.repeat(76 * 9 + 1))).toEqual(tooLong);
    expect(pairs({ ...message, cancelReplyText: 'a'.repeat(1378) })).toEqual([pair('textTooLong', 'cancelReplyText')]);
  });

  it('are measured with the longest values that may be put in', () => {
    expect(lengthOf(message, `${'a'.repeat(1362)}[phone]`)).toEqual([]);
    expect(lengthOf(message, `${'a'.repeat(1363)}[phone]`)).toEqual(tooLong);
    expect(lengthOf(message, `${'a'.repeat(1348)}[keyword]`)).toEqual(tooLong);
    const linked = { ...message, replyTextUrl: `https://a.example/${'b'.repeat(100)}` };
    expect(lengthOf(linked, `${'a'.repeat(1259)}[url]`)).toEqual([]);
    expect(lengthOf(linked, `${'a'.repeat(1260)}[url]`)).toEqual(tooLong);
    expect(lengthOf({ ...linked, urlShortner: 'giiv.dk' }, `${'a'.repeat(1347)}[url]`)).toEqual([]);
  });

  it('are measured as they are written, too', () => {
    expect(lengthOf(single, `${'a'.repeat(1369)}[amount]`)).toEqual([]);
    expect(lengthOf(single, `${'a'.repeat(1370)}[amount]`)).toEqual(tooLong);
  });

  it('leave room for the STOP instruction where a charge recurs', () => {
    const instruction = 'Afmeld: send [keyword] STOP til [channel]';
    const added = 'Afmeld: send  STOP til '.length + 30 + 15;
    expect(lengthOf(recurring, 'a'.repeat(1377 - added - 1))).toEqual([]);
    expect(lengthOf(recurring, 'a'.repeat(1377 - added))).toEqual(tooLong);
    expect(lengthOf(recurring, `${'a'.repeat(1377 - added - 1)} ${instruction}`)).toEqual([]);
    expect(faultsOf({ ...recurring, replyText: 'a'.repeat(1377) })[0]?.message).toContain('STOP instruction');
  });

  it('name an amount for [amount], the one that is paid in all', () => {
    const amountMissing = [pair('amountMissing', 'amountTotal')];
    expect(pairs({ ...message, replyText: 'Tak for [amount]' })).toEqual(amountMissing);
    expect(pairs({ ...message, cancelReplyText: '[amount]', amount: 20 })).toEqual(amountMissing);
    expect(pairs({ ...message, replyText: 'Tak for [amount]', amount: 20, amountTotal: 20 })).toEqual([]);
    expect(pairs({ ...single, replyText: 'Tak for [amount]' })).toEqual([]);
  });

  it('name an address for [url], as it is written', () => {
    expect(pairs({ ...message, replyText: 'Se [url]' })).toEqual([pair('urlMissing', 'replyTextUrl')]);
    expect(pairs({ ...message, cancelReplyText: 'Se [url]' })).toEqual([pair('urlMissing', 'replyTextUrl')]);
    expect(pairs({ ...message, replyText: 'Se [url]', replyTextUrl: ' ' })).toEqual([
      pair('urlMissing', 'replyTextUrl'),
    ]);
    expect(pairs({ ...message, replyText: 'Se [url]', replyTextUrl: 'https://a.example' })).toEqual([]);
    expect(pairs({ ...message, replyText: 'Se [URL]' })).toEqual([]);
  });
});

it.each(['', 'x', '[]', '1', 'null', '"{}"', '{a:1}', '{"a":1'])('finds no meta data in %j', (metaData) => {
  expect(pairs({ ...message, metaData })).toEqual([pair('notMetaData', 'metaData')]);
});

it('finds none in a text that is nested without end', () => {
  expect(pairs({ ...message, metaData: '['.repeat(50_000) })).toEqual([pair('notMetaData', 'metaData')]);
});

it.each(['{}', ' {"source":{"page":3}} ', null, undefined])('takes %j for meta data', (metaData) => {
  expect(pairs({ ...message, metaData })).toEqual([]);
});

it('counts the letters of names, not their bytes', () => {
  const fitting = { agreementName: 'å'.repeat(29) + '🎉', agreementDescription: 'b'.repeat(60) };
  expect(pairs({ ...recurring, ...fitting })).toEqual([]);
  expect(pairs({ ...recurring, agreementName: 'a'.repeat(31), agreementDescription: 'b'.repeat(61) })).toEqual([
    pair('nameTooLong', 'agreementName'),
    pair('nameTooLong', 'agreementDescription'),
  ]);
});

it('finds all faults at once, what is missing first', () => {
  const broken = {
    ...recurring,
    campaignName: '',
    amountTotal: 400,
    replyText: '[url]',
    metaData: '[]',
    scheduleEveryOther: 0,
  };
  expect(pairs(broken)).toEqual([
    pair('invalidField', 'campaignName'),
    pair('amountTotalOff', 'amountTotal'),
    pair('amountTotalTooHigh', 'amountTotal'),
    pair('urlMissing', 'replyTextUrl'),
    pair('notMetaData', 'metaData'),
    pair('everyOtherTooLow', 'scheduleEveryOther'),
  ]);
});
