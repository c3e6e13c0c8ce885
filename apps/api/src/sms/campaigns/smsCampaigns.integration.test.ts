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

const message = { campaignName: 'Winter appeal', replyText: 'Thank you, [phone]', serviceType: 'Message' };
const paid = {
  ...{ contentType: 'HumanitarianDonation', amount: 20, amountTotal: 20, unitPrice: 20 },
  ...{ invoiceText: 'Gift', revenueText: 'Gifts' },
};
const single = { ...message, ...paid, serviceType: 'Single' };
const recurring = {
  ...{ ...single, serviceType: 'Recurring', agreementName: 'Monthly gift', agreementType: 'Personal' },
  ...{ scheduleType: 'Monthly', scheduleBaseTier: 1, scheduleFixedDay: 1, scheduleEveryOther: 1 },
};
const MOMENT = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} [+-]\d{4}$/;

async function created(body: object): Promise<string> {
  const { status, json } = await call('POST', '/campaign', { body });
  expect(status).toBe(201);
  return String(json['campaignGuid']);
}

it('is made, and answered in short', async () => {
  const { status, json } = await call('POST', '/campaign', { body: message });
  expect(status).toBe(201);
  expect(json).toEqual({
    campaignGuid: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    createdTs: expect.stringMatching(MOMENT) as string,
    active: true,
  });
});

it('is shown with all that it says, what was left out as it counts, in the spelling of its clients', async () => {
  const { json } = await call('GET', `/campaign/${await created(single)}`);
  expect(json).toMatchObject({
    ...single,
    ...{
      active: true,
      amountVat: 0,
      vatPercentage: 0,
      currencyCode: 'DKK',
      taxDeductable: false,
      paymentRequired: false,
    },
    ...{ targetedAudienceUnderAge: false, targetAudienceUnderAge: false, urlShortner: null, scheduleSelectedSet: '[]' },
    merchantId: expect.any(Number) as number,
  });
});

it.each([
  ['Month', message],
  ['Month', recurring],
  ['Week', { ...recurring, scheduleType: 'Weekly' }],
  ['Day', { ...recurring, scheduleCalendarUnit: 'Day' }],
])('is shown to count in the unit %s', async (scheduleCalendarUnit, body) => {
  expect((await call('GET', `/campaign/${await created(body)}`)).json).toMatchObject({ scheduleCalendarUnit });
});

it('can be sent again as it was read', async () => {
  const { text } = await call('GET', `/campaign/${await created(recurring)}`);
  expect((await call('POST', '/campaign', { body: text })).status).toBe(201);
});

it('is listed in short, newest first', async () => {
  const guid = await created(message);
  const { text } = await call('GET', '/campaigns');
  const [first] = JSON.parse(text) as object[];
  expect(first).toEqual({ campaignGuid: guid, createdTs: expect.stringMatching(MOMENT) as string, active: true });
});

it('that is Recurring has an agreement made for it, or takes one that is there', async () => {
  const { json } = await call('GET', `/campaign/${await created(recurring)}`);
  const agreementGuid = String(json['agreementGuid']);
  expect((await call('GET', `/agreement/${agreementGuid}`)).json).toMatchObject({
    ...{ agreementGuid, agreementName: 'Monthly gift', agreementType: 'Personal', scheduleType: 'Monthly' },
  });
  const { agreementName: _, agreementType: __, scheduleType: ___, ...named } = { ...recurring, agreementGuid };
  expect((await call('GET', `/campaign/${await created(named)}`)).json).toMatchObject({ agreementGuid });
});

describe('a campaign that names an agreement', () => {
  const { agreementName, agreementType, ...terms } = recurring;
  const bare = { ...single, serviceType: 'Recurring' };
  const agreed = { agreementName, agreementType, scheduleType: 'Weekly', scheduleBaseTier: 1, scheduleFixedDay: 5 };
  const agree = async () => {
    const { json } = await call('POST', '/agreement', { body: { ...agreed, scheduleEveryOther: 2 } });
    return String(json['agreementGuid']);
  };

  it('is shown with what that says, and can be sent again so', async () => {
    const agreementGuid = await agree();
    const { json, text } = await call('GET', `/campaign/${await created({ ...bare, agreementGuid })}`);
    expect(json).toMatchObject({ ...agreed, agreementGuid, scheduleEveryOther: 2, scheduleCalendarUnit: 'Week' });
    expect((await call('POST', '/campaign', { body: text })).status).toBe(201);
  });

  it('may not say otherwise', async () => {
    const body = { ...bare, ...terms, agreementGuid: await agree() };
    const refused = await call('POST', '/campaign', { body });
    expect(refused).toMatchObject({ status: 400, errorCode: '10045' });
    expect(refused.json['errorDescription']).toMatch(/scheduleType: is Weekly in .*scheduleFixedDay: is 5 in /);
    expect(refused.json['errorDescription']).not.toContain('scheduleBaseTier');
  });
});

it('stops taking sign-ups, and again', async () => {
  const path = `/campaign/${await created(message)}`;
  for (let times = 0; times < 2; times++)
    expect(await call('POST', `${path}/Cancel`)).toMatchObject({ status: 200, json: { active: false } });
  expect((await call('GET', path)).json).toMatchObject({ active: false });
});

it.each([
  ['without its name', { ...message, campaignName: undefined }, '10001', 'campaignName'],
  ['of an unknown service', { ...message, serviceType: 'Twice' }, '10001', 'serviceType'],
  ['that is paid, without its amount', { ...single, amount: undefined }, '10001', 'amount'],
  ['whose total is off', { ...single, amountTotal: 21 }, '10030', 'amountTotal'],
  ['whose VAT is off', { ...single, vatPercentage: 25 }, '10031', 'amountVat'],
  ['with [url] and no address', { ...message, replyText: '[url]' }, '10032', 'replyTextUrl'],
  ['with a reply of ten parts', { ...message, replyText: 'x'.repeat(1_378) }, '10033', 'replyText'],
  ['with metaData that is no object', { ...message, metaData: '[1]' }, '10034', 'metaData'],
  ['with a set that is none', { ...recurring, scheduleSelectedSet: '1,2' }, '10035', 'scheduleSelectedSet'],
  [
    'with a reply of many more',
    { ...message, replyText: 'x'.repeat(5_000) },
    '10033',
    'replyText: takes up to 33 parts',
  ],
  ['every zeroth month', { ...recurring, scheduleEveryOther: 0 }, '10036', 'scheduleEveryOther'],
  ['that charges nothing', { ...single, amount: 0, amountTotal: 0 }, '10001', 'amountTotal'],
  ['every one and a half months', { ...recurring, scheduleEveryOther: 1.5 }, '10036', 'scheduleEveryOther'],
  ['every so often', { ...recurring, scheduleEveryOther: '1' }, '10001', 'scheduleEveryOther'],
  ['with a name of 31 characters', { ...recurring, agreementName: 'x'.repeat(31) }, '10041', 'agreementName'],
  ['in half a month', { ...recurring, scheduleBaseTier: 1.5 }, '10040', 'scheduleBaseTier'],
  ['above 370 DKK', { ...single, amount: 371, amountTotal: 371 }, '10037', 'amountTotal'],
  [
    'with a sum that is off by more than half a cent',
    { ...single, amount: 20, amountTotal: 20.006 },
    '10030',
    'amountTotal',
  ],
  ['Recurring under age', { ...recurring, targetAudienceUnderAge: true }, '10038', ''],
  [
    'above 30 under age',
    { ...single, amount: 31, amountTotal: 31, targetedAudienceUnderAge: true },
    '10039',
    'amountTotal',
  ],
  ['Recurring without a type of agreement', { ...recurring, agreementType: undefined }, '10001', 'agreementType'],
  ['of an unknown schedule', { ...recurring, scheduleType: 'Hourly' }, '10001', 'scheduleType'],
  ['with an agreement of nobody', { ...single, agreementGuid: '00000000-0000-0000-0000-000000000001' }, '10024', ''],
  [
    'above 30 under age, by either spelling, whatever the other one says',
    { ...single, amount: 31, amountTotal: 31, targetedAudienceUnderAge: false, targetAudienceUnderAge: true },
    ...['10039', 'amountTotal'],
  ],
])('is refused %s, in a sentence that names the field', async (...[, body, errorCode, field]) => {
  const { json, status } = await call('POST', '/campaign', { body });
  expect({ status, code: json['errorCode'] }).toEqual({ status: errorCode === '10024' ? 404 : 400, code: errorCode });
  expect(json['errorDescription']).toContain(field);
});

it('of a donation that its organisation may never charge is refused', async () => {
  const gift = { ...single, amount: 201, amountTotal: 201 };
  expect((await call('POST', '/campaign', { body: gift })).status).toBe(201);
  await bench.db.execute(`update company set sms = '{"isobroMember": false}' where id = $1`, [bench.other.id]);
  const refused = await call('POST', '/campaign', { body: gift, key: bench.other.keys.admin });
  expect(refused).toMatchObject({ status: 400, errorCode: '10060' });
  expect(refused.json['errorDescription']).toContain('amountTotal');
});

it('is refused where it names the agreement of another company', async () => {
  const { json } = await call('GET', `/campaign/${await created(recurring)}`);
  const body = { ...recurring, agreementGuid: json['agreementGuid'] };
  expect(await call('POST', '/campaign', { body, key: bench.other.keys.admin })).toMatchObject({ status: 404 });
});

it.each([
  ['half a cent', { amount: 20, amountTotal: 20.005 }],
  ['what a sum of floats is off', { amount: 10.1 + 20.2, amountTotal: 30.3, unitPrice: 0.125 }],
])('may be off by %s', async (...[, amounts]) => {
  expect((await call('POST', '/campaign', { body: { ...single, ...amounts } })).status).toBe(201);
});
