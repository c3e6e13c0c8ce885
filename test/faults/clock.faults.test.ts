import { join } from 'node:path';
import { waitFor } from '@muster/testing/waitFor';
import { answerWith } from '../../tools/redash/faults.ts';
import { proxyError } from '../../tools/redash/reply.ts';
import { allBorrowers, createCampaign, untilHeld, untilRun } from '../e2e/campaignRuns.ts';
import { scheduleSoon } from '../e2e/scheduleSoon.ts';
import { type MusterProcess } from '../e2e/startProcess.ts';
import { slotsOf, untilSlots, wasDownFor } from './downTime.ts';
import { type FaultHouse, openFaultHouse } from './faultHouse.ts';
import { clockMaker } from './movableClock.ts';
import { timesTooEarly, untilPutOff } from './processJobs.ts';

const OPENING_MS = 300_000;
const TEST_MS = 180_000;
const DAYS = [1, 3, 30];
const OF_EACH = 2;
const FEW = `select * from (${allBorrowers}) all_of_them limit 50`;
const SCHEDULERS = 5;
const FAILING = 4; // whoever puts their queries off, another finds them too early

let faulty: FaultHouse;
let schedulers: MusterProcess[] = [];
let worker: MusterProcess | undefined;
beforeAll(async () => {
  faulty = await openFaultHouse({ backend: 'redis', workers: 0, schedulers: 0, settings: { LEASE_MS: '6000' } });
}, OPENING_MS);
afterAll(async () => faulty.close(), OPENING_MS);

const startSchedulers = (count: number) =>
  Promise.all(Array.from({ length: count }, () => faulty.house.start('scheduler')));
const newCampaign = ({ house, drop }: FaultHouse) =>
  createCampaign(house, { ...house.saveQuery(FEW), sftp: drop.settings });
const campaigns = (count: number) => Promise.all(Array.from({ length: count }, () => newCampaign(faulty)));

/** The runs that the schedule has made, as accepted: they are held against the invariants as all others. */
async function acceptScheduled(campaignId: string) {
  const runs = await faulty.house.db.query<{ id: string }>('select id from run where campaign_id = $1', [campaignId]);
  faulty.accepted.push(...runs.map(({ id }) => id));
  return runs.map(({ id }) => `/campaigns/${campaignId}/runs/${id}`);
}

it(
  'D1, D3: five schedulers that come back at once after 1, 3 and 30 days: one catch-up run each, all else missed, with an alert',
  async () => {
    const { house } = faulty;
    const down = await Promise.all(DAYS.map(async (days) => ({ days, ids: await campaigns(OF_EACH) })));
    for (const { days, ids } of down) for (const id of ids) await wasDownFor(house, id, { days, cutOff: '23:00' });

    [schedulers, worker] = await Promise.all([startSchedulers(SCHEDULERS), house.startWorker()]);

    for (const { days, ids } of down) {
      for (const id of ids) {
        const missed = Array.from({ length: days - 1 }, () => 'missed cutOffPassed');
        expect(await untilSlots(house, id, days)).toEqual([...missed, 'run']);
        const paths = await acceptScheduled(id);
        expect(paths).toHaveLength(1);
        expect((await untilRun(house, paths[0] ?? '')).status).toBe('succeeded');
        const alerts = await house.db.query<{ slots: number }>(
          `select slots from alert where campaign_id = $1 and kind = 'slot.missed'`,
          [id],
        );
        expect(alerts).toEqual(days > 1 ? [{ slots: days - 1 }] : []);
      }
    }
  },
  TEST_MS,
);

it(
  'D3: after the cut-off nothing is caught up: all is missed',
  async () => {
    const { house } = faulty;
    const id = await newCampaign(faulty);

    await wasDownFor(house, id, { days: 3, cutOff: '11:30' });

    expect(await untilSlots(house, id, 3)).toEqual(Array.from({ length: 3 }, () => 'missed cutOffPassed'));
    expect(await acceptScheduled(id)).toEqual([]);
  },
  TEST_MS,
);

it(
  'D2: a slot that falls due while no process is up, and whose run waits while the scheduler is killed, still runs once',
  async () => {
    const { house, drop } = faulty;
    const id = await scheduleSoon(house, { sftp: drop.settings });
    await Promise.all([...schedulers.map((one) => one.kill()), worker?.kill()]);
    const isDue = () => house.db.query(`select from campaign where id = $1 and next_due_at < now()`, [id]);
    await waitFor(async () => (await isDue()).length > 0, { timeoutMs: 70_000, what: 'the slot to fall due' });

    const [first] = await startSchedulers(1);
    await untilSlots(house, id, 1);
    await first?.kill();
    [schedulers, worker] = await Promise.all([startSchedulers(1), house.startWorker()]);

    const paths = await acceptScheduled(id);
    expect(paths).toHaveLength(1);
    expect((await untilRun(house, paths[0] ?? '')).status).toBe('succeeded');
    expect(await slotsOf(house, id)).toEqual(['run']);
  },
  TEST_MS,
);

const linesOf = async (all: MusterProcess[]) => (await Promise.all(all.map((one) => one.lines()))).flat();
const beginsIn = async (one: MusterProcess) => (await one.lines()).filter(({ event }) => event === 'step.started');

const newClock = await clockMaker();
if (newClock) {
  describe('D4: a worker with another clock', () => {
    const clockOf = async (name: string, hours: number) => {
      const clock = await newClock(join(faulty.house.directory, name));
      await clock.move(hours);
      return clock;
    };

    /** Begins a run whose query fails at its first try. */
    async function beginFailing() {
      const { house, drop } = faulty;
      const query = house.saveQuery(allBorrowers);
      const path = new RegExp(`${new URL(query.redashQueryUrl).pathname}/`);
      house.redash.plan(answerWith(proxyError(502)), { path });
      return faulty.begin(await createCampaign(house, { ...query, sftp: drop.settings }));
    }

    it(
      '25 hours fast or slow, works beside a right one as well as any',
      async () => {
        const clocks = await Promise.all([clockOf('fast', 25), clockOf('slow', -25)]);
        const others = await Promise.all(clocks.map(({ env }) => faulty.house.startWorker(env)));
        const begun = Array.from({ length: 4 }, async () => faulty.begin(await newCampaign(faulty)));
        const failing = await Promise.all(Array.from({ length: FAILING }, () => beginFailing()));
        const paths = [...(await Promise.all(begun)), ...failing];

        const runs = await Promise.all(paths.map((path) => untilRun(faulty.house, path)));
        const stepsBegun = await Promise.all(others.map(async (other) => (await beginsIn(other)).length));
        const codes = await Promise.all(others.map((other) => other.stop()));

        expect(runs.map(({ status }) => status)).toEqual(paths.map(() => 'succeeded'));
        expect(codes).toEqual([0, 0]);
        expect(Math.min(...stepsBegun)).toBeGreaterThan(0);
        const early = await Promise.all(runs.map((run) => timesTooEarly(faulty.house.store, 'query', run)));
        expect(Math.max(...early)).toBeGreaterThan(0);
      },
      TEST_MS,
    );

    it(
      'that jumps ahead and back during a run keeps its steps, and what it put off is done in time',
      async () => {
        const clock = await clockOf('jumping', 0);
        await worker?.stop();
        worker = await faulty.house.startWorker(clock.env);
        faulty.drop.faults.losesReplyTo = ['WRITE'];
        const held = await faulty.begin();
        await untilHeld(faulty.house, held, 'upload');

        await clock.move(25);
        const failing = await beginFailing();
        const failingId = failing.split('/').at(-1) ?? '';
        await untilPutOff(faulty.house.store, 'query', failingId); // by the clock as it is: its line comes before
        await clock.move(-25); // what it put off is due in more than a day by now
        delete faulty.drop.faults.losesReplyTo;
        faulty.drop.cutAll(); // the answer would be waited for

        const runs = await Promise.all([held, failing].map((path) => untilRun(faulty.house, path)));
        expect(runs.map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
        const rungAgain = (await linesOf(schedulers)).filter(({ event }) => event === 'ring.lost');
        expect(rungAgain.map(({ runId }) => runId)).toContain(failingId);
      },
      TEST_MS,
    );
  });
}

it('breaks no invariant', async () => {
  const { faults } = await faulty.check();
  expect(faults).toEqual([]);
});
