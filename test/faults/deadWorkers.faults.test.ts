import { readdir } from 'node:fs/promises';
import { isAlive } from '@muster/testing/isAlive';
import { waitFor } from '@muster/testing/waitFor';
import { takePort } from '../../tools/demo/takePort.ts';
import { deliveredBy, hasEnded, remoteNameOf, type ShownRun, untilRun } from '../e2e/campaignRuns.ts';
import { holdInQuery } from '../e2e/heldRuns.ts';
import { whilePaused } from '../e2e/queueStore.ts';
import { scheduleSoon } from '../e2e/scheduleSoon.ts';
import { type MusterProcess } from '../e2e/startProcess.ts';
import { type CrashPoint, crashPoints, type Manner } from './processes/crashPoints.ts';
import { type FaultHouse, openFaultHouse } from './faultHouse.ts';
import { failedJobs, failJob } from './processJobs.ts';
import { isWhole, repeats } from './totals.ts';

const OPENING_MS = 120_000;
const POISONED_MS = 240_000; // six heaps to fill: on a machine that is full of work, each takes its time
const wanted = repeats({ whole: 5, bounded: 1 });
const TEST_MS = 40_000 + 30_000 * wanted.length;
const settings = { NODE_OPTIONS: '--max-old-space-size=320', LEASE_MS: '5000' }; // soon full; no lease lapses by itself on a busy machine

let faulty: FaultHouse;
beforeAll(async () => {
  faulty = await openFaultHouse({ backend: 'redis', workers: 3, settings });
}, OPENING_MS);
afterAll(async () => faulty.close(), OPENING_MS);

describe('A2', () => {
  it(
    'a worker killed twice at the same point costs a third attempt, in a process of its own',
    async () => {
      for (const repeat of wanted) {
        const died = faulty.deaths().length;
        faulty.arm('P7');
        const path = await faulty.begin();
        await faulty.untilDied(died + 1);
        faulty.arm('P7');
        const relieved = faulty.relieve();
        await faulty.untilDied(died + 2);
        await Promise.all([relieved, faulty.relieve()]);
        const run = await untilRun(faulty.house, path, succeeded);

        expect({ repeat, filter: attemptsOf(run, 'filter') }).toEqual({ repeat, filter: 3 });
        await expect(saidBy(faulty.house.workers, 'step.isolated', run.id)).resolves.toBe(true);
      }
    },
    TEST_MS,
  );

  it('is no job that BullMQ gives up', async () => {
    await expect(failedJobs(faulty.house.store)).resolves.toEqual([]);
  });

  it('a job that BullMQ gave up is rung again', async () => {
    const { house } = faulty;
    const { path, letGo } = await holdInQuery(house);
    const { id } = await untilRun(house, path, ({ status }) => status === 'running');
    await failJob(house.store, 'query', id);
    const holder = await holderOf(id);
    await holder.kill();
    await Promise.all([letGo(), faulty.relieve()]);
    const run = await untilRun(house, path, succeeded);

    expect(attemptsOf(run, 'query')).toBe(2);
  });
});

describe('A3: a run that fills the memory of whoever works on it', () => {
  const ended: Record<string, ShownRun> = {};
  beforeAll(async () => {
    const paths = await whilePaused(faulty.house.store, 'query', beginPoisoned);
    const look = async () => {
      await faulty.relieve();
      const shown = await Promise.all(Object.values(paths).map((path) => faulty.house.api.call('GET', path)));
      return shown.every(({ json }) => hasEnded(json as unknown as ShownRun));
    };
    await waitFor(look, { timeoutMs: POISONED_MS, everyMs: 100, what: 'the poisoned runs to end' });
    for (const [name, path] of Object.entries(paths)) ended[name] = await untilRun(faulty.house, path);
  }, POISONED_MS + OPENING_MS);

  it.each(['begun by hand', 'begun by its schedule'])('%s is parked at its third crash, with an alert', async (how) => {
    const { id, status, error, trigger } = ended[how]!;
    expect(trigger).toBe(how === 'begun by hand' ? 'manual' : 'schedule');
    expect({ status, error }).toMatchObject({ status: 'failed', error: { code: 'parked', step: 'query' } });
    expect(attemptsOf(ended[how]!, 'query')).toBe(3);
    const alerts = await faulty.house.db.query('select kind, code from alert where run_id = $1', [id]);
    expect(alerts).toEqual([{ kind: 'run.parked', code: 'parked' }]);
  });

  it('leaves the run beside it alone', async () => {
    const { status, error } = ended['innocent']!;
    expect({ status, error }).toEqual({ status: 'succeeded', error: null });
  });
});

describe('A5: a worker that stops for longer than its lease, and goes on', () => {
  it.each(isWhole ? (['P11', 'P13', 'P13b', 'P14'] as const) : (['P13b', 'P14'] as const))(
    '%s: finds its step taken, writes nothing, and renames nothing',
    async (point) => {
      for (const repeat of wanted) {
        const { run, zombie, wake } = await overtaken(point, 'stops');
        wake();
        await leaves(zombie, run.id);
        expect({ point, where: crashPoints[point], repeat, ...(await traces(run)) }).toMatchObject(ONCE);
        expect(attemptsOf(run, 'upload')).toBe(2);
      }
    },
    TEST_MS,
  );
});

describe('A6: a worker whose event loop is blocked for longer than its lease', () => {
  let metrics: Map<number, string>;
  beforeAll(async () => (metrics = await watchWorkers()), OPENING_MS);

  it.each(isWhole ? (['P8', 'P13b'] as const) : (['P13b'] as const))(
    '%s: finds its step taken, writes nothing, and renames nothing; its metrics tell of the delay',
    async (point) => {
      const { run, zombie } = await overtaken(point, 'blocks');
      await leaves(zombie, run.id);

      expect({ point, ...(await traces(run)) }).toMatchObject(ONCE);
      const delayS = /^nodejs_eventloop_lag_max_seconds (\S+)/m.exec(await textAt(metrics.get(zombie.pid)))?.[1];
      expect(Number(delayS) * 1000).toBeGreaterThan(Number(faulty.house.env.LEASE_MS));
    },
    TEST_MS,
  );
});

describe('a run that blocks whoever works on it, for good', () => {
  it(
    'is parked at its third crash, with an alert, and leaves no process behind',
    async () => {
      const { house } = faulty;
      const before = faulty.held().length;
      const path = await whilePaused(house.store, 'query', async () => {
        const begun = await faulty.begin();
        faulty.poison(begun.split('/').at(-1) ?? '', 'hangs');
        return begun;
      });
      const ended = async () => hasEnded((await house.api.call('GET', path)).json as unknown as ShownRun);
      await waitFor(ended, { timeoutMs: 90_000, everyMs: 100, what: 'the run that blocks to end' });
      const { id, status, error, steps } = await untilRun(house, path);
      const hung = faulty.held().slice(before);
      for (const worker of house.workers) if (hung.some(({ pid }) => pid === worker.pid)) await worker.kill();
      await faulty.relieve();

      expect({ status, error }).toMatchObject({ status: 'failed', error: { code: 'parked', step: 'query' } });
      expect(steps.find(({ name }) => name === 'query')?.attempts).toBe(3);
      expect(await house.db.query('select kind, code from alert where run_id = $1', [id])).toEqual([
        { kind: 'run.parked', code: 'parked' },
      ]);
      expect(hung).toHaveLength(3);
      expect(hung.filter(({ pid }) => isAlive(pid))).toEqual([]);
    },
    OPENING_MS,
  );
});

describe('A7', () => {
  it.each<[string, { manner: Manner; point: CrashPoint; reason: string }]>([
    ['an error that nobody caught', { manner: 'throws', point: 'P4', reason: 'uncaught exception' }],
    ['a promise that nobody awaited', { manner: 'rejects', point: 'P8', reason: 'unhandled rejection' }],
  ])(
    '%s ends the worker with code 1 and one line, and another one goes on',
    async (_, { manner, point, reason }) => {
      const died = faulty.deaths().length;
      const before = [...faulty.house.workers];
      faulty.arm(point, manner);
      const path = await faulty.begin();
      await faulty.untilDied(died + 1);
      const worker = before.find(({ pid }) => pid === pidOf(faulty.deaths().at(-1)))!;
      await expect(worker.ended()).resolves.toBe(1);
      await faulty.relieve();
      await untilRun(faulty.house, path, succeeded);

      const lines = (await worker.lines()).filter(({ event }) => event === 'process.failed');
      expect(lines).toEqual([expect.objectContaining({ reason })]);
    },
    TEST_MS,
  );
});

it('breaks no invariant', async () => {
  const { faults, failed, parked } = await faulty.check();
  expect({ faults, failed, parked }).toEqual({ faults: [], failed: [], parked: 3 });
});

const succeeded = ({ status }: ShownRun) => status === 'succeeded';
const ONCE = { renames: 1, left: [], crashes: 0 };

function attemptsOf({ steps }: ShownRun, step: string) {
  return steps.find(({ name }) => name === step)?.attempts;
}

const pidOf = (death = '') => Number(death.split(' ')[1]);

async function saidBy(workers: MusterProcess[], event: string, runId: string): Promise<boolean> {
  const lines = (await Promise.all(workers.map((worker) => worker.lines()))).flat();
  return lines.some((line) => line.event === event && line.runId === runId);
}

function holderOf(runId: string): Promise<MusterProcess> {
  const look = async () => {
    for (const worker of faulty.house.workers) if (await saidBy([worker], 'step.started', runId)) return worker;
    return undefined;
  };
  return waitFor(look, { what: `a worker to begin run ${runId}` });
}

/** Begins a poisoned run by hand, one by its schedule, and a harmless one; gives their paths. */
async function beginPoisoned() {
  const { house, drop } = faulty;
  const byHand = await faulty.begin();
  const innocent = await faulty.begin();
  const campaignId = await scheduleSoon(house, { sftp: drop.settings });
  const runOf = () => house.db.query<{ id: string }>('select id from run where campaign_id = $1', [campaignId]);
  const runs = await waitFor(async () => (await runOf())[0], { timeoutMs: 90_000, what: 'the scheduled run' });
  faulty.accepted.push(runs.id);
  for (const id of [byHand.split('/').at(-1) ?? '', runs.id]) faulty.poison(id);
  return { 'begun by hand': byHand, 'begun by its schedule': `/campaigns/${campaignId}/runs/${runs.id}`, innocent };
}

/** Has a worker come to nothing at a point, and waits until another one has ended its run. */
async function overtaken(point: CrashPoint, manner: Manner) {
  const before = faulty.held().length;
  faulty.arm(point, manner);
  const path = await faulty.begin();
  const { pid } = await waitFor(() => faulty.held()[before], {
    timeoutMs: 30_000,
    what: `a worker to come to ${point}`,
  });
  const zombie = faulty.house.workers.find((worker) => worker.pid === pid)!;
  return { run: await untilRun(faulty.house, path, succeeded), zombie, wake: () => process.kill(pid, 'SIGCONT') };
}

async function leaves(zombie: MusterProcess, runId: string) {
  await zombie.line('lease.lost', (line) => line.runId === runId);
}

/** What a run has left: how often its file got its name, temporary files, and crashes that were counted. */
async function traces(run: ShownRun) {
  const { renames } = await deliveredBy(faulty.drop, run);
  const name = remoteNameOf(run);
  const left = (await readdir(faulty.drop.directory)).filter((file) => file.includes(run.id) && file !== name);
  const log = remoteNameOf(run, 'log.txt');
  const crashes = () =>
    faulty.house.db.query<{ n: number }>('select sum(crashes)::int as n from run_step where run_id = $1', [run.id]);
  // the survivor takes back what was counted a moment after it has left
  await waitFor(async () => (await crashes())[0]?.n === 0, { what: 'the crash to be taken back' });
  return { renames, left: left.filter((file) => file !== log), crashes: 0 };
}

/** Has all workers serve their metrics; gives their addresses by their pids. */
async function watchWorkers() {
  const { house } = faulty;
  const old = house.workers.splice(0);
  const addresses = new Map<number, string>();
  for (const _ of old) {
    const port = await takePort(0);
    const worker = await house.startWorker({ METRICS_PORT: String(port) });
    house.workers.push(worker);
    addresses.set(worker.pid, `http://127.0.0.1:${port}/metrics`);
  }
  await Promise.all(old.map((worker) => worker.stop()));
  return addresses;
}

async function textAt(url = '') {
  return (await fetch(url)).text();
}
