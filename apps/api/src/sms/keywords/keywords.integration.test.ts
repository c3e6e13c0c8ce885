import { giveChannel, takeChannel } from '@muster/db/sms/smsChannels';
import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { smsCaller } from '@muster/testing/smsCaller';
import { createApi } from '../../createApi.ts';

let bench: ApiBench;
let call: ReturnType<typeof smsCaller>;
beforeAll(async () => {
  bench = await apiBench(createApi);
  call = smsCaller(bench);
});
afterAll(() => bench.close());

const take = (body: object, key?: string) => call('POST', '/keyword', { body, ...(key !== undefined && { key }) });

it('is taken on the default shortcode, shown, and listed', async () => {
  const body = { keyword: 'Hjælp', subKeyword: '50', keywordEndDate: '2027-01-31', keywordIdleText: 'Later' };
  const { status, json } = await take(body);
  expect(status).toBe(201);
  expect(json).toMatchObject({ ...body, channel: '1217', active: true, campaignGuid: null, keywordStartDate: null });
  expect((await call('GET', `/keyword/${String(json['keywordGuid'])}`)).json).toEqual(json);
  expect(JSON.parse((await call('GET', '/keywords')).text)).toContainEqual(json);
});

it('is one company’s alone on its shortcode, whatever its case', async () => {
  expect((await take({ keyword: 'Sol', channel: '1218' })).status).toBe(201);
  for (const key of [bench.own.keys.admin, bench.other.keys.admin]) {
    const refused = await take({ keyword: 'SOL', channel: '1218' }, key);
    expect(refused).toMatchObject({ status: 400, errorCode: '10050' });
    expect(refused.json['errorDescription']).toContain('1218');
  }
  expect((await take({ keyword: 'SOL', channel: '1219' })).status).toBe(201);
  expect((await take({ keyword: 'SOL', subKeyword: 'x', channel: '1218' })).status).toBe(201);
});

describe('on a shortcode that the operator has given to a company', () => {
  const theirs = () => ({ key: bench.other.keys.admin, companyId: bench.other.id });

  it('is taken by that company, and by no other', async () => {
    await giveChannel(bench.db, { channel: '1300', companyId: bench.own.id });
    const refused = await take({ keyword: 'Sol', channel: '1300' }, theirs().key);
    expect(refused).toMatchObject({ status: 400, errorCode: '10057' });
    expect(refused.json['errorDescription']).toContain('1300');
    expect((await take({ keyword: 'Sol', channel: '1300' })).status).toBe(201);
    await giveChannel(bench.db, { channel: '1300', companyId: bench.other.id });
    expect((await take({ keyword: 'Vind', channel: '1300' }, theirs().key)).status).toBe(201);
    expect((await take({ keyword: 'Regn', channel: '1300' })).status).toBe(201);
  });

  it('is free again where another company had taken it, unless somebody has signed up by it', async () => {
    const { json } = await take({ keyword: 'Sol', channel: '1301' }, theirs().key);
    const used = await take({ keyword: 'Vind', channel: '1301' }, theirs().key);
    await signUpBy(String(used.json['keywordGuid']), theirs().companyId);
    const given = await giveChannel(bench.db, { channel: '1301', companyId: bench.own.id });
    expect(given).toEqual({ keywordsEnded: 1, keywordsLeft: 1 });
    expect((await take({ keyword: 'Sol', channel: '1301' })).status).toBe(201);
    expect(await take({ keyword: 'Vind', channel: '1301' })).toMatchObject({ errorCode: '10050' });
    const path = `/keyword/${String(json['keywordGuid'])}`;
    expect((await call('GET', path, { key: theirs().key })).json).toMatchObject({ active: false });
  });

  it('is anybody’s to take once the operator has taken the shortcode back', async () => {
    const given = { channel: '1302', companyId: bench.own.id };
    await giveChannel(bench.db, given);
    expect([await takeChannel(bench.db, given), await takeChannel(bench.db, given)]).toEqual([true, false]);
    expect((await take({ keyword: 'Sol', channel: '1302' }, theirs().key)).status).toBe(201);
  });
});

it('can be taken again once it was let go of', async () => {
  const { json } = await take({ keyword: 'Vind' });
  const path = `/keyword/${String(json['keywordGuid'])}/Deactivate`;
  for (let times = 0; times < 2; times++)
    expect(await call('POST', path)).toMatchObject({ status: 200, json: { active: false } });
  expect((await take({ keyword: 'vind' })).status).toBe(201);
});

it.each([
  ['with an emoji', { keyword: 'GIV❤' }, '10001'],
  ['of two words', { keyword: 'GIV NU' }, '10001'],
  ['that says STOP', { keyword: 'stop' }, '10052'],
  ['whose sub-keyword says STOP', { keyword: 'GIV', subKeyword: 'STOP' }, '10052'],
  [
    'that ends before it begins',
    { keyword: 'A', keywordStartDate: '2026-02-02', keywordEndDate: '2026-02-01' },
    '10001',
  ],
  ['whose idle text takes more than 9 parts', { keyword: 'A', keywordIdleText: 'х'.repeat(604) }, '10033'],
  ['whose idle text is much longer', { keyword: 'A', keywordIdleText: 'x'.repeat(3_000) }, '10033'],
  ['on a day that is none', { keyword: 'A', keywordStartDate: '2026-02-30' }, '10001'],
  ['of a campaign of nobody', { keyword: 'A', campaignGuid: '00000000-0000-0000-0000-000000000001' }, '10022'],
])('is refused %s', async (...[, body, errorCode]) => {
  expect(await take(body)).toMatchObject({ errorCode });
});

describe('beside its campaign', () => {
  const message = { campaignName: 'Gift', replyText: 'Thanks', serviceType: 'Message' };
  const made = async (body: object) =>
    (await call('POST', '/campaign', { body: { ...message, ...body } })).json['campaignGuid'];

  it.each([
    ['a reply that names it', { replyText: `${'x'.repeat(1_300)}[keyword]` }, 'replyText'],
    ['a goodbye that names it', { cancelReplyText: `${'x'.repeat(1_300)}[keyword]` }, 'cancelReplyText'],
  ])('is refused where its letters make %s take more than 9 parts', async (...[, texts, named]) => {
    const campaignGuid = await made(texts);
    const refused = await take({ keyword: 'подарок', campaignGuid });
    expect(refused).toMatchObject({ status: 400, errorCode: '10033' });
    expect(refused.json['errorDescription']).toContain(
      `keyword: with it ${named} of the campaign takes up to 20 parts`,
    );
    expect((await take({ keyword: `Gave${named}`, campaignGuid })).status).toBe(201);
  });

  it('is refused where its letters leave no room to say how to stop', async () => {
    const campaignGuid = await made({
      ...{ serviceType: 'Recurring', replyText: 'x'.repeat(1_300), contentType: 'DigitalService' },
      ...{ amount: 20, amountTotal: 20, unitPrice: 20, invoiceText: 'Gift', revenueText: 'Gifts' },
      ...{ agreementName: 'Gift', agreementType: 'Personal', scheduleType: 'Monthly' },
      ...{ scheduleBaseTier: 1, scheduleFixedDay: 1, scheduleEveryOther: 1 },
    });
    const refused = await take({ keyword: 'подарок', campaignGuid });
    expect(refused).toMatchObject({ status: 400, errorCode: '10033' });
    expect(refused.json['errorDescription']).toContain('STOP instruction');
  });

  it('may have an idle text with the words that it or its campaign has values for', async () => {
    const text = (words: string) => ({ keywordIdleText: words, keyword: 'Sne' });
    expect((await take({ ...text('[phone] [keyword] [channel]') })).status).toBe(201);
    expect(await take(text('[url]'))).toMatchObject({ errorCode: '10032' });
    expect(await take(text('[amount]'))).toMatchObject({ errorCode: '10043' });
    const plain = await made({});
    expect(await take({ ...text('[amount]'), campaignGuid: plain })).toMatchObject({ errorCode: '10043' });
    const full = { replyTextUrl: 'https://example.com', amount: 20, amountTotal: 20 };
    const whole = { ...text('[amount] [url]'), keyword: 'Slud', campaignGuid: await made(full) };
    expect((await take(whole)).status).toBe(201);
  });
});

it('with a sub-keyword is refused to a Recurring campaign', async () => {
  const { json } = await call('POST', '/campaign', {
    body: {
      ...{ campaignName: 'Gift', replyText: 'Thanks', serviceType: 'Recurring', contentType: 'DigitalService' },
      ...{ amount: 20, amountTotal: 20, unitPrice: 20, invoiceText: 'Gift', revenueText: 'Gifts' },
      ...{ agreementName: 'Gift', agreementType: 'Personal', scheduleType: 'Monthly' },
      ...{ scheduleBaseTier: 1, scheduleFixedDay: 1, scheduleEveryOther: 1 },
    },
  });
  const { campaignGuid } = json;
  expect(await take({ keyword: 'Fast', subKeyword: '1', campaignGuid })).toMatchObject({ errorCode: '10053' });
  expect((await take({ keyword: 'Fast', campaignGuid })).status).toBe(201);
});

it('is kept while subscriptions that came by it are active', async () => {
  const { json } = await take({ keyword: 'Regn' });
  const guid = String(json['keywordGuid']);
  await signUpBy(guid, bench.own.id);
  expect(await call('POST', `/keyword/${guid}/Deactivate`)).toMatchObject({ status: 400, errorCode: '10051' });
});

/** A number has signed up by a keyword, and its subscription runs. */
async function signUpBy(keywordGuid: string, companyId: string) {
  await bench.db.execute(
    `with contact as (insert into sms_contact (company_id, msisdn) values ($1, '4520123456') returning guid),
       agreement as (insert into sms_agreement (company_id, name, type, schedule) values ($1, 'a', 'Personal', '{}') returning guid),
       campaign as (insert into sms_campaign (company_id, service_type, agreement_guid, fields)
         select $1, 'Recurring', guid, '{}' from agreement returning guid)
     insert into sms_subscription (company_id, contact_guid, agreement_guid, campaign_guid, keyword_guid, channel, state, start_date)
     select $1, contact.guid, agreement.guid, campaign.guid, $2, '1217', 'Active', '2026-01-01' from contact, agreement, campaign`,
    [companyId, keywordGuid],
  );
}
