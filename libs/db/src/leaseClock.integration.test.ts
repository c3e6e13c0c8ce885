import { NotReady } from '@muster/core/errors';
import { type Claim } from '@muster/pipeline/runs';
import { insertRow } from '@muster/testing/factories';
import { runBench } from '@muster/testing/runBench';
import { wrongClock } from '@muster/testing/wrongClock';
import { tasks } from './tasks.ts';

let bench: Awaited<ReturnType<typeof runBench>>;
beforeAll(async () => void (bench = await runBench()));
afterAll(() => bench.close());

const DAY_MS = 25 * 3_600_000;
const claim = async (runId: string) => (await bench.runs.claim({ runId, step: 'query' }, false)) as Claim;

/** The rings of a run of which the healer would ask whether they are lost. */
const quietRings = async (runId: string) =>
  (await bench.places.quietRings()).filter((ring) => ring.runId === runId).length;

describe('a lease goes by the clock of the database: a worker', () => {
  it('whose clock is fast takes no step that another one holds', async () => {
    const runId = await bench.startRun();
    await claim(runId);

    await expect(wrongClock(DAY_MS, () => claim(runId))).rejects.toBeInstanceOf(NotReady);
  });

  it('whose clock is slow takes a step that was lost', async () => {
    const runId = await bench.startRun();
    await claim(runId);
    await bench.loseWorker(runId, 'query');

    expect(await wrongClock(-DAY_MS, () => claim(runId))).toMatchObject({ attempt: 2 });
  });

  it('whose clock is slow keeps what it holds, from its claim and from each heartbeat on', async () => {
    const runId = await bench.startRun();
    const held = await wrongClock(-DAY_MS, () => claim(runId));
    await expect(claim(runId)).rejects.toBeInstanceOf(NotReady);

    await wrongClock(-DAY_MS, () => bench.runs.renew(held));
    await expect(claim(runId)).rejects.toBeInstanceOf(NotReady);
  });

  it('whose clock is fast puts a step off for as long as it was told, and no longer', async () => {
    const held = await claim(await bench.startRun());

    await wrongClock(DAY_MS, () => bench.runs.postponeStep(held, { delayMs: 0, givePlaceBack: false }));

    expect(await claim(held.runId)).toMatchObject({ attempt: 2 });
  });

  it('that holds a step is not taken for lost by a healer whose clock is fast', async () => {
    const runId = await bench.startRun();
    await bench.places.fill(bench.companyId);
    expect(await quietRings(runId)).toBe(1);

    await claim(runId);

    expect(await wrongClock(DAY_MS, () => quietRings(runId))).toBe(0);
  });
});

it('a task that a worker holds is taken by nobody whose clock is fast', async () => {
  await insertRow(bench.db, 'task', { id: 'IM-1', companyId: bench.companyId, kind: 'import', input: {} });
  const claimTask = () => tasks(bench.db, { leaseMs: 60_000 }).claim({ queue: 'imports' });
  expect(await claimTask()).toMatchObject({ attempt: 1 });

  expect(await wrongClock(DAY_MS, claimTask)).toBeUndefined();
});
