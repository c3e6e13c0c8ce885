import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { cancelSmsCampaign } from '@muster/db/sms/smsCampaigns';
import { cancelSubscriptionByApi } from '@muster/db/sms/smsSubscriptions';
import { dueBench } from '@muster/testing/dueBench';
import { type ServiceType } from './smsCampaign.ts';

let bench: Awaited<ReturnType<typeof dueBench>>;
beforeEach(async () => (bench = await dueBench()));
afterEach(() => bench.close());

const DAY = '2031-03-05';
const recurring = { serviceType: 'Recurring' } as const;
/** With what comes of the subscription. */
const services: [ServiceType, object[]][] = [
  ['Single', []],
  ['Recurring', [{ state: 'Inactive', nextDueDate: null }]],
];
const failures = {
  addressForbidden: new TemporaryFailure('addressForbidden', 'not there'),
  paymentGatewayNotEncrypted: new TemporaryFailure('paymentGatewayNotEncrypted', 'not over http'),
  secretUnreadable: new PermanentFailure('secretUnreadable', 'sealed with another key'),
};

const setGateways = (...channels: string[]) =>
  bench.db.execute(
    `update company set gateways = (select jsonb_object_agg(channel, '{"url": "https://gateway.example.com", "secret": null}'::jsonb)
       from unnest($1::text[]) as channel)`,
    [channels],
  );
const aDayLater = () =>
  bench.db.execute(
    `with messages as (update sms_message set first_failed_at = first_failed_at - interval '25 h')
     update sms_charge set first_failed_at = first_failed_at - interval '25 h'`,
  );
const charges = () =>
  bench.db.query(`select state, refusal_code as code, asked_at is not null as "isAsked" from sms_charge`);

/** A text whose charge waits, since its company has no payment gateway. */
async function waiting(serviceType: ServiceType = 'Recurring') {
  await setGateways('text');
  const { channel, campaignGuid } = await bench.campaignOnShortcode({ serviceType });
  const guid = await bench.receive('GIV', { channel });
  await bench.handleAll();
  expect(await bench.message(guid)).toMatchObject({ state: 'Received' });
  return { channel, campaignGuid, guid };
}

/** The gateway is there at last. */
async function goOn() {
  await setGateways('text', 'payment');
  await bench.hurry();
  await bench.handleAll();
}

describe('a charge that a text asks for', () => {
  it.each(services)('of %s is refused after a day without a gateway', async (serviceType, begun) => {
    const { guid, channel } = await waiting(serviceType);
    await aDayLater();
    await bench.hurry();
    await bench.handleAll();
    expect(await charges()).toEqual([{ state: 'refused', code: 'gatewayNotSet', isAsked: false }]);
    expect(await bench.message(guid)).toMatchObject({ state: 'Error', errorCode: 'gatewayNotSet' });
    expect(await bench.subscriptions()).toMatchObject(begun);

    await setGateways('text', 'payment');
    await bench.receive('GIV', { channel }); // whoever writes again is charged now
    await bench.handleAll();
    expect(bench.payments.charges).toHaveLength(1);
  });

  it.each(Object.keys(failures) as (keyof typeof failures)[])('is refused after a day of %s', async (code) => {
    const { channel } = await bench.campaignOnShortcode(recurring);
    bench.payments.failures.push(failures[code], failures[code]);
    const guid = await bench.receive('GIV', { channel });
    await bench.handleAll();
    await aDayLater();
    await bench.hurry();
    await bench.handleAll();
    expect(await charges()).toEqual([{ state: 'refused', code, isAsked: false }]);
    expect(await bench.message(guid)).toMatchObject({ state: 'Error', errorCode: code });
  });

  it('is unknown where it was asked for before, and the gateway is missing since', async () => {
    const { channel } = await bench.campaignOnShortcode(recurring);
    bench.payments.loseNextReply();
    await bench.receive('GIV', { channel });
    await bench.handleAll();
    await setGateways('text');
    for (let times = 0; times < 2; times++) {
      await bench.hurry();
      await bench.handleAll();
      await aDayLater();
    }
    expect(await charges()).toEqual([{ state: 'unknown', code: null, isAsked: true }]);
    expect(await bench.subscriptions()).toMatchObject([{ state: 'Pending' }]);
  });

  it('is made once the gateway is there', async () => {
    const { guid } = await waiting();
    await goOn();
    expect(bench.payments.charges).toHaveLength(1);
    expect(await bench.message(guid)).toMatchObject({ state: 'Processed' });
    expect(await bench.subscriptions()).toMatchObject([{ state: 'Active' }]);
  });

  it.each(['GIV STOP', 'stop'])('and waits is not made once its number has written %s', async (text) => {
    const { guid, channel } = await waiting();
    await bench.receive(text, { channel });
    await goOn();
    expect(bench.payments.asked).toEqual([]);
    expect(await bench.message(guid)).toMatchObject({ state: 'Error', errorCode: '10079' });
    expect(await bench.subscriptions()).toMatchObject([{ state: 'Cancelled', cancelCode: 'STOP' }]);
    expect(bench.texts.texts.map((sent) => sent.text)).toEqual(['Goodbye']);
  });

  it('and waits is made whatever else its number has asked to stop', async () => {
    const { channel } = await waiting();
    await bench.receive('ANDET STOP', { channel });
    await goOn();
    expect(bench.payments.charges).toHaveLength(1);
  });

  it('and waits is not made once its subscription is cancelled', async () => {
    const { guid } = await waiting();
    const [row] = await bench.db.query<{ guid: string }>('select guid from sms_subscription');
    await bench.company.transaction((tx) => cancelSubscriptionByApi(tx, row!.guid));
    await goOn();
    expect(bench.payments.asked).toEqual([]);
    expect(await charges()).toEqual([{ state: 'refused', code: 'endedMeanwhile', isAsked: false }]);
    expect(await bench.message(guid)).toMatchObject({ state: 'Error', errorCode: '10079' });
    expect(await bench.subscriptions()).toMatchObject([{ state: 'Cancelled', cancelCode: 'API' }]);
  });

  it.each(services)('of %s and waits is not made once its campaign is cancelled', async (serviceType, begun) => {
    const { guid, campaignGuid } = await waiting(serviceType);
    await cancelSmsCampaign(bench.company, campaignGuid);
    await goOn();
    expect(bench.payments.asked).toEqual([]);
    expect(await bench.message(guid)).toMatchObject({ state: 'Error', errorCode: '10079' });
    expect(await bench.subscriptions()).toMatchObject(begun);
  });
});

describe('a charge that a due date asks for', () => {
  it('is refused after a day of an address that may not be asked', async () => {
    await bench.subscribe({ nextDue: DAY });
    bench.payments.failures.push(failures.addressForbidden, failures.addressForbidden);
    await bench.live(DAY);
    await aDayLater();
    await bench.hurryCharges();
    await bench.chargeAll(DAY);
    expect(await charges()).toEqual([{ state: 'refused', code: 'addressForbidden', isAsked: false }]);
  });

  it('is unknown where it was asked for before, and its address may not be asked since', async () => {
    await bench.subscribe({ nextDue: DAY });
    bench.payments.loseNextReply();
    await bench.live(DAY);
    bench.payments.failures.push(failures.addressForbidden);
    await aDayLater();
    await bench.hurryCharges();
    await bench.chargeAll(DAY);
    expect(await charges()).toEqual([{ state: 'unknown', code: 'addressForbidden', isAsked: true }]);
  });
});
