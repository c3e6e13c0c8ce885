import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { type ChargeState } from '@muster/db/sms/smsCharges';
import { insertCharge } from '@muster/testing/insertCharge';
import { insertSubscriptions } from '@muster/testing/insertSubscriptions';
import { smsCaller } from '@muster/testing/smsCaller';
import { createApi } from '../../createApi.ts';

let bench: ApiBench;
let free: string[];
beforeAll(async () => {
  bench = await apiBench(createApi);
  ({ guids: free } = await insertSubscriptions(bench.db, {
    companyId: bench.own.id,
    nextDue: '2031-03-05',
    count: 20,
  }));
});
afterAll(() => bench.close());

const call = (...args: Parameters<ReturnType<typeof smsCaller>>) => smsCaller(bench)(...args);
const someText = expect.any(String) as string;

/** A charge of a subscription that waits for it; gives the guids of both. */
async function addCharge(state: ChargeState = 'unknown') {
  const subscriptionGuid = free.pop() ?? '';
  await bench.db.execute(
    `update sms_subscription set state = 'Pending', next_due_date = null, next_due_at = null where guid = $1`,
    [subscriptionGuid],
  );
  return { chargeGuid: await insertCharge(bench.db, subscriptionGuid, state), subscriptionGuid };
}

const settle = (guid: string, outcome: string) => call('POST', `/charge/${guid}/Settle`, { body: { outcome } });
const subscriptionOf = async (guid: string) => (await call('GET', `/subscription/${guid}`)).json;

it('is shown with what it is for, and what became of it', async () => {
  const { chargeGuid, subscriptionGuid } = await addCharge();
  const { status, json } = await call('GET', `/charge/${chargeGuid}`);
  expect({ status, json }).toEqual({
    status: 200,
    json: {
      ...{ chargeGuid, subscriptionGuid, campaignGuid: someText, messageGuid: null, createdTs: someText },
      ...{ state: 'Unknown', dueDate: '2026-04-01', channel: '1217', msisdn: '4520123456', amountTotal: 20.5 },
      ...{ currencyCode: 'DKK', gatewayId: null, refusalCode: null, settledTs: null, settledBy: null },
    },
  });
});

it('is listed by state, newest first', async () => {
  const [first, second] = [await addCharge('refused'), await addCharge('refused')];
  const { json } = await call('GET', '/charges?state=Refused&pageSize=2');
  expect((json['list'] as { chargeGuid: string }[]).map(({ chargeGuid }) => chargeGuid)).toEqual([
    second.chargeGuid,
    first.chargeGuid,
  ]);
  expect(await call('GET', '/charges?state=unknown')).toMatchObject({ status: 400, errorCode: '10001' });
});

describe('of which nobody knows', () => {
  it('is charged, once somebody has found that out, and lets its subscription begin', async () => {
    const { chargeGuid, subscriptionGuid } = await addCharge();
    const { status, json } = await settle(chargeGuid, 'Charged');
    expect({ status, json }).toMatchObject({
      ...{ status: 200, json: { state: 'Charged', settledBy: someText, settledTs: someText } },
    });
    expect(await subscriptionOf(subscriptionGuid)).toMatchObject({ state: 'Active', nextDueDate: someText });
    expect(await bench.db.query('select from sms_text')).toEqual([]);
  });

  it('is refused, once somebody has found that out, and its subscription never begins', async () => {
    const { chargeGuid, subscriptionGuid } = await addCharge();
    expect(await settle(chargeGuid, 'Refused')).toMatchObject({ status: 200, json: { state: 'Refused' } });
    expect(await subscriptionOf(subscriptionGuid)).toMatchObject({ state: 'Inactive', errorCode: '10063' });
  });

  it('is settled once: the same word again changes nothing, another one is refused', async () => {
    const { chargeGuid } = await addCharge();
    const first = await settle(chargeGuid, 'Refused');
    expect((await settle(chargeGuid, 'Refused')).json).toEqual(first.json);
    expect(await settle(chargeGuid, 'Charged')).toMatchObject({ status: 400, errorCode: '10056' });
  });
});

it.each(['wanted', 'charged'] as const)('that is %s is not settled by hand', async (state) => {
  const { chargeGuid } = await addCharge(state);
  expect(await settle(chargeGuid, 'Refused')).toMatchObject({ status: 400, errorCode: '10056' });
});

it('is settled with one of two words', async () => {
  const { chargeGuid } = await addCharge();
  expect(await settle(chargeGuid, 'Perhaps')).toMatchObject({ status: 400, errorCode: '10001' });
});
