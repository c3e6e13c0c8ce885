import { RETRY_ADVICE } from '@muster/pipeline/retryAdvice';
import { renderLog } from '@muster/pipeline/renderLog';
import { type StepName } from '@muster/pipeline/run';
import { type Claim } from '@muster/pipeline/runs';
import { runBench } from '@muster/testing/runBench';
import { runStore } from './runStore.ts';

let bench: Awaited<ReturnType<typeof runBench>>;
beforeAll(async () => void (bench = await runBench()));
afterAll(() => bench.close());

const QUERY: StepName = 'query';
/** Takes the first step of a run, as this worker. */
const claimAs = (holder: string, runId: string) =>
  runStore(bench.db, { leaseMs: 60_000, holder }).claim({ runId, step: QUERY }, true);
const lostOf = async (runId: string) =>
  (await bench.runs.events(runId))
    .filter(({ event }) => event === 'step.lost')
    .map(({ step, details }) => [step, details]);
const told = (attempt: number, heldBy: string) => [
  'query',
  { attempt, heldBy, message: 'its worker died, or stood still: its lease ran out' },
];

it('says of each worker that was lost which attempt it held, and the parked run names the last one', async () => {
  const runId = await bench.startRun();
  for (const holder of ['host-1, pid 11', 'host-2, pid 22', 'host-2, pid 33']) {
    await claimAs(holder, runId);
    await bench.loseWorker(runId, QUERY);
  }

  const lost = { attempt: 3, heldBy: 'host-2, pid 33' };
  expect(await claimAs('host-3, pid 44', runId)).toMatchObject({ because: 'parked', lost });

  expect(await lostOf(runId)).toEqual([
    told(1, 'host-1, pid 11'),
    told(2, 'host-2, pid 22'),
    told(3, 'host-2, pid 33'),
  ]);
  expect((await bench.runs.events(runId)).map(({ event }) => event)).toEqual([
    'run.queued',
    ...['step.started', 'step.lost', 'step.started', 'step.lost', 'step.started', 'step.lost', 'run.failed'],
  ]);
  const [run] = await bench.db.query('select error_message from run where id = $1', [runId]);
  const says = `(host-2, pid 33): look at the worker's log, then ${RETRY_ADVICE}`;
  expect(run).toMatchObject({ error_message: expect.stringContaining(says) as string });
});

it('names no host or process of ours in the log that goes to others', async () => {
  const runId = await bench.startRun();
  for (const holder of ['host-1, pid 11', 'host-2, pid 22', 'host-2, pid 33']) {
    await claimAs(holder, runId);
    await bench.loseWorker(runId, QUERY);
  }
  await claimAs('host-3, pid 44', runId);

  const log = renderLog(await bench.runs.events(runId));

  expect(log.match(/step\.lost  attempt=\d  message="its worker died/g)).toHaveLength(3);
  expect(log).toContain("killed its worker 3 times, the last time in a process of its own: look at the worker's log");
  expect(log).not.toMatch(/host-|pid|heldBy/);
});

it('tells whoever takes a step over from whom, and others of nobody', async () => {
  const runId = await bench.startRun();
  const first = await claimAs('host-1, pid 11', runId);
  await bench.loseWorker(runId, QUERY);
  const second = (await claimAs('host-2, pid 22', runId)) as Claim;
  await bench.runs.release(second);
  const third = await claimAs('host-3, pid 33', runId);

  expect([first, second, third]).toMatchObject([
    { lost: null },
    { lost: { attempt: 1, heldBy: 'host-1, pid 11' } },
    { lost: null },
  ]);
  expect(await lostOf(runId)).toEqual([told(1, 'host-1, pid 11')]);
});

it('says of a run that is canceled after its worker was lost who that was', async () => {
  const runId = await bench.startRun();
  await claimAs('host-1, pid 11', runId);
  await bench.loseWorker(runId, QUERY);
  await bench.db.execute('update run set cancel_asked_at = now() where id = $1', [runId]);

  const lost = { attempt: 1, heldBy: 'host-1, pid 11' };
  expect(await claimAs('host-2, pid 22', runId)).toMatchObject({ because: 'canceled', lost });

  expect(await lostOf(runId)).toEqual([told(1, 'host-1, pid 11')]);
});
