import { waitFor } from '@muster/testing/waitFor';
import { answerWith } from '../../tools/redash/faults.ts';
import { proxyError } from '../../tools/redash/reply.ts';
import { allBorrowers, createCampaign, startRun, untilRun } from '../e2e/campaignRuns.ts';
import { scheduleSoon } from '../e2e/scheduleSoon.ts';
import { type MusterProcess } from '../e2e/startProcess.ts';
import { slotsOf, untilSlots, wasDownFor } from './downTime.ts';
import { type FaultHouse, openFaultHouse } from './faultHouse.ts';
import { clockMaker } from './movableClock.ts';

const OPENING_MS = 120_000;
const TEST_MS = 120_000;
const DAYS = [1, 3, 30];
const OF_EACH = 4;
const SCHEDULERS = 5;

let faulty: FaultHouse;
let schedulers: MusterProcess[] = [];
let worker: MusterProcess;
beforeAll(async () => {
  faulty = await openFaultHouse({ backend: 'redis', workers: 0, schedulers: 0 });
}, OPENING_MS);
afterAll(async () => faulty.close(), OPENING_MS);

const startSchedulers = (count: number) =>
  Promise.all(Array.from({ length: count }, () => faulty.house.start('scheduler')));
const campaigns = (count: number) => Promise.all(Array.from({ length: count }, () => faulty.newCampaign()));

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

    [schedulers, [worker]] = (await Promise.all([startSchedulers(SCHEDULERS), Promise.all([house.startWorker()])])) as [
      MusterProcess[],
      [MusterProcess],
    ];

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
    const id = await faulty.newCampaign();

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
    await Promise.all([...schedulers, worker].map((one) => one.kill()));
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

describe('D4: a worker with another clock', () => {
  let newClock: Awaited<ReturnType<typeof clockMaker>>;
  beforeAll(async () => void (newClock = await clockMaker(faulty.house.directory)), OPENING_MS);

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
      if (!newClock) return expect(newClock).toBeUndefined();
      const [fast, slow] = [await newClock('fast'), await newClock('slow')];
      await Promise.all([fast.move(25), slow.move(-25)]);
      const others = await Promise.all([faulty.house.startWorker(fast.env), faulty.house.startWorker(slow.env)]);
      const paths = [...(await Promise.all(Array.from({ length: 6 }, () => faulty.begin()))), await beginFailing()];

      for (const path of paths) {
        const run = await untilRun(faulty.house, path);
        expect(run.steps.filter(({ attempts }) => attempts > 1).map(({ name }) => name)).toEqual(
          path === paths.at(-1) ? ['query'] : [],
        );
      }
      await Promise.all(others.map((other) => other.stop()));
    },
    TEST_MS,
  );
  it(
    'that put a step off by a clock 25 hours fast leaves it to others in time, when it is gone',
    async () => {
      if (!newClock) return expect(newClock).toBeUndefined();
      const fast = await newClock('gone');
      await fast.move(25);
      await worker.stop();
      const wrong = await faulty.house.startWorker(fast.env);
      const path = await beginFailing();
      await wrong.line('step.failed');
      await wrong.kill();
      worker = await faulty.house.startWorker();

      expect((await untilRun(faulty.house, path)).status).toBe('succeeded');
    },
    TEST_MS,
  );
});

it('breaks no invariant', async () => {
  const { faults } = await faulty.check();
  expect(faults).toEqual([]);
});
