import { addDays } from '@muster/core/calendarDate';
import { TemporaryFailure } from '@muster/core/errors';
import { dueBench } from '@muster/testing/dueBench';
import { chargeDue, type DueDeps } from './chargeDue.ts';
import { type DueClaim } from './dueCharges.ts';
import { type PaymentGateway } from './gateways.ts';

let bench: Awaited<ReturnType<typeof dueBench>>;
beforeEach(async () => (bench = await dueBench()));
afterEach(() => bench.close());

const never = new AbortController().signal;
const DAY = '2031-03-05';
const times = <Result>(count: number, work: () => Promise<Result>) => Promise.all(Array.from({ length: count }, work));

it('charges each subscription once, with two sweepers and four workers at a time', async () => {
  await bench.subscribe({ nextDue: DAY, count: 200 });
  const sweepAll = async () => {
    for (let looked = 1; looked > 0;) ({ looked } = await bench.sweep(DAY, 30));
  };
  await Promise.all([times(2, sweepAll), times(4, () => bench.chargeAll(DAY))]);
  await sweepAll();
  await bench.chargeAll(DAY);
  expect(bench.payments.asked).toHaveLength(200);
  expect(new Set(bench.payments.charges.map(({ reference }) => reference)).size).toBe(200);
  expect(await bench.notices()).toHaveLength(200);
});

it('takes no charge for a subscription that is swept twice', async () => {
  await bench.subscribe({ nextDue: DAY, count: 3 });
  await bench.live(DAY);
  await bench.db.execute(`update sms_subscription set next_due_date = '${DAY}', next_due_at = clock_timestamp()`);
  expect(await bench.sweep(DAY)).toMatchObject({ looked: 3 });
  await bench.chargeAll(DAY);
  expect(bench.payments.charges).toHaveLength(3);
  expect((await bench.slots()).map(({ state }) => state)).toEqual(['due', 'due', 'due']);
});

/** The same numbers from 0 to 1 at each run, so that what fails fails again. */
function chances(seed: number) {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}

/** A gateway that is away by chance, before it charges or after. */
function unsteady(payments: PaymentGateway, chance: () => number): PaymentGateway {
  const failBy = (share: number) => {
    if (chance() < share) throw new TemporaryFailure('paymentGatewayUnavailable', 'it is away');
  };
  return {
    charge: async (...asked) => {
      failBy(0.1);
      const outcome = await payments.charge(...asked);
      failBy(0.15);
      return outcome;
    },
  };
}

/** A worker that dies by chance: before it asks, after, or not; twice for each charge at most, since three park it. */
function mortal(deps: DueDeps, chance: () => number, deaths: Map<string, number>) {
  return async (claim: DueClaim) => {
    const before = deaths.get(claim.chargeGuid) ?? 0;
    if (before === 2 || chance() > 0.2) return chargeDue(claim, deps, never);
    deaths.set(claim.chargeGuid, before + 1);
    const charge = chance() < 0.8 ? await deps.charges.begin(claim) : 'refused';
    if (typeof charge === 'object' && chance() < 0.7)
      await deps.payments.charge({ url: '', secret: null }, charge.charge, never).catch(() => null);
  };
}

it.each([1, 2])('makes as many charges as dates are due, whatever is lost or dies (seed %d)', async (seed) => {
  const chance = chances(seed);
  const deaths = new Map<string, number>();
  const payments = unsteady(bench.payments, chance);
  await bench.subscribe({ nextDue: DAY, count: 100, schedule: { scheduleType: 'Daily' } });
  await bench.subscribe({
    nextDue: addDays(DAY, 1),
    count: 50,
    schedule: { scheduleType: 'Custom', scheduleCalendarUnit: 'Day', scheduleEveryOther: 2 },
  });
  let isRested = false;
  for (let day = DAY, nth = 0; nth < 5 || !isRested; day = addDays(day, 1), nth++) {
    const deps = { ...bench.depsAt(day), payments };
    const work = mortal(deps, chance, deaths);
    if (nth < 5 && chance() < 0.8) await Promise.all([times(2, () => bench.sweep(day)), bench.sweep(day, 20)]);
    const rounds = nth < 5 ? 1 + Math.floor(chance() * 3) : Infinity;
    for (let round = 0, left = 1; round < rounds && left > 0; round++) {
      await bench.hurryCharges();
      left = (await times(4, () => workAll(deps, work))).reduce((sum, count) => sum + count, 0);
    }
    isRested = nth >= 5;
  }
  await expectOneEach();
});

async function workAll({ charges }: DueDeps, work: (claim: DueClaim) => Promise<void>) {
  for (let count = 0; ; count++) {
    const claim = await charges.claim();
    if (!claim) return count;
    await work(claim);
  }
}

async function expectOneEach() {
  const [due] = await bench.db.query<{ slots: number; charged: number; days: number; open: number }>(
    `select (select count(*)::int from sms_due where state = 'due') as slots,
       count(*) filter (where state = 'charged')::int as charged,
       count(distinct (subscription_guid, settled_at::date)) filter (where state = 'charged')::int as days,
       count(*) filter (where state in ('wanted', 'unknown'))::int as open from sms_charge`,
  );
  const made = bench.payments.charges;
  expect(due).toEqual({ slots: made.length, charged: made.length, days: made.length, open: 0 });
  expect(made.length).toBeGreaterThan(150);
  expect(new Set(made.map(({ key }) => key)).size).toBe(made.length);
}
