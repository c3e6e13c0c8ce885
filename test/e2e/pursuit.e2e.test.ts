import { randomUUID } from 'node:crypto';
import { dateIn } from '@muster/core/calendarDate';
import { createApiKey } from '@muster/db/apiKeys';
import { waitFor } from '@muster/testing/waitFor';
import { type Gateways, startGateways } from '../../tools/gateways/startGateways.ts';
import { type House, openHouse } from './house.ts';
import { smsClient } from './smsClient.ts';
import { zoneAtNoon } from './zoneAtNoon.ts';

const OPENING_MS = 90_000;
const TEST_MS = 180_000;
const [PURSUED, WITNESS] = ['4520100001', '4520100002'];

let gateways: Gateways;
let house: House;
let carrier = '';
let timeZone = '';
beforeAll(async () => {
  gateways = await startGateways();
  house = await openHouse({ backend: 'redis', settings: { ALLOW_HTTP: gateways.place } });
  carrier = (await createApiKey(house.db, { companyId: house.companyId, role: 'carrier' })).key;
  timeZone = zoneAtNoon(await house.db.now()); // charges are made from ten o'clock on
  await house.api.call('PUT', `/companies/${house.companyId}`, {
    gateways: { text: { url: gateways.textUrl }, payment: { url: gateways.chargeUrl } },
    sms: { timeZone },
  });
}, OPENING_MS);
afterAll(async () => {
  await house.close();
  await gateways.stop();
}, OPENING_MS);

/** Signs a number up for what is charged by this schedule; gives the guid of its subscription. */
async function signUp(msisdn: string, schedule: object) {
  const sms = smsClient(house);
  const keyword = `ABO${msisdn}`;
  const { json } = await sms('/campaign', {
    ...{ campaignName: 'Gift', replyText: 'Thank you', serviceType: 'Recurring', paymentRequired: true },
    ...{ contentType: 'HumanitarianDonation', unitPrice: 20, amount: 20, amountTotal: 20 },
    ...{ invoiceText: 'Gift', revenueText: 'Gifts', agreementName: 'Gift', agreementType: 'Shared' },
    ...{ scheduleBaseTier: 1, scheduleFixedDay: 1, scheduleEveryOther: 1, ...schedule },
  });
  expect((await sms('/keyword', { keyword, campaignGuid: json['campaignGuid'] })).status).toBe(201);
  await sms('/SmsMO', { messageId: randomUUID(), msisdn, channel: '1217', text: keyword }, carrier);
  const find = `select subscription.guid from sms_subscription subscription join sms_contact contact
    on contact.guid = contact_guid where msisdn = $1 and state = 'Active'`;
  const [row] = await waitFor(
    async () => {
      const rows = await house.db.query<{ guid: string }>(find, [msisdn]);
      return rows.length > 0 ? rows : undefined;
    },
    { timeoutMs: 40_000, what: `${msisdn} to be signed up` },
  );
  return row?.guid ?? '';
}

const asked = (msisdn: string) =>
  gateways.requests.filter(({ path, body }) => path === '/charges' && body.includes(msisdn));

/** Moves all that is stored of subscriptions and their charges so many days back: to them, so many have passed. */
async function letPass(days: number) {
  const apart = 1_000; // first far away, so that no date meets one that has not moved yet
  await house.db.transaction(async (tx) => {
    for (const by of [-apart, apart - days]) {
      for (const [table, dates, moments] of [
        ['sms_subscription', ['start_date', 'next_due_date'], ['created_at', 'next_due_at']],
        ['sms_due', ['due_date'], ['due_at']],
        ['sms_charge', ['due_date'], ['created_at', 'take_at', 'asked_at', 'settled_at']],
      ] as const) {
        const moved = [
          ...dates.map((column) => `${column} = ${column} + $1::int`),
          ...moments.map((column) => `${column} = ${column} + $1 * interval '1 day'`),
        ];
        await tx.execute(`update ${table} set ${moved.join(', ')}`, [by]);
      }
    }
  });
}

/** Until a number was charged so often, and nothing else is to be charged today. */
async function untilCharged(msisdn: string, times: number) {
  const isOver = async () => {
    const open = await house.db.query(
      `select from sms_charge where state = 'wanted' and (held or take_at <= clock_timestamp())`,
    );
    return asked(msisdn).length === times && open.length === 0;
  };
  await waitFor(isOver, { timeoutMs: 20_000, what: `charge ${times} of ${msisdn}` });
}

it(
  'asks a number that has lost its means to pay again 1, 3 and 7 days after the due date, once a day, then cancels',
  async () => {
    const today = dateIn(timeZone, await house.db.now());
    const [, month, day] = today.split('-').map(Number);
    const guid = await signUp(PURSUED, { scheduleType: 'Monthly', scheduleBaseTier: month, scheduleFixedDay: day });
    const subscription = async () => (await smsClient(house)(`/subscription/${guid}`)).json;
    const { nextDueDate } = await subscription();
    const daysUntil = (Date.parse(String(nextDueDate)) - Date.parse(today)) / 86_400_000;
    gateways.refuseCharges(PURSUED, { code: 'noMeans', paymentMethodLost: true });

    await letPass(daysUntil);
    await untilCharged(PURSUED, 2); // the first one was taken
    await signUp(WITNESS, { scheduleType: 'Daily' }); // it is charged each day: by then all that is due was looked for

    const askedOn: number[] = [];
    for (let passed = 1; passed <= 9; passed++) {
      expect(await subscription()).toMatchObject(
        passed <= 7
          ? { state: 'Active', errorCode: '10063', cancelCode: null }
          : { state: 'Cancelled', errorCode: '10063', cancelCode: '100101', nextDueDate: null },
      );
      const before = asked(PURSUED).length;
      await letPass(1);
      await untilCharged(WITNESS, 1 + passed);
      askedOn.push(...Array<number>(asked(PURSUED).length - before).fill(passed));
    }

    expect(askedOn).toEqual([1, 3, 7]);
    expect(new Set(asked(PURSUED).map(({ headers }) => headers['idempotency-key'])).size).toBe(5);
    const toldOf = (msisdn: string) => gateways.texts.filter((text) => text.msisdn === msisdn).length;
    expect([toldOf(PURSUED), gateways.charges.filter(({ msisdn }) => msisdn === PURSUED).length]).toEqual([1, 1]);
  },
  TEST_MS,
);
