import { movedClock } from '@muster/testing/movedClock';
import { runBench } from '@muster/testing/runBench';
import { failSilentRuns } from './failSilentRuns.ts';

let bench: Awaited<ReturnType<typeof runBench>>;
beforeAll(async () => void (bench = await runBench()));
afterAll(() => bench.close());

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What is done a while from now. */
const after = async (ms: number) => movedClock(bench.db, new Date((await bench.db.now()).getTime() + ms).toISOString());
const fail = async (ms: number) => (await failSilentRuns(await after(ms), { silentMs: DAY_MS })).map(({ id }) => id);
const runOf = async (id: string) =>
  (await bench.db.query('select status, error_code, error_message from run where id = $1', [id]))[0];

it('fails an outside run after a day without a word, and says so', async () => {
  const runId = await bench.startRun({ worker: 'external' });

  expect(await fail(23 * HOUR_MS)).toEqual([]);
  expect(await fail(25 * HOUR_MS)).toEqual([runId]);
  expect(await runOf(runId)).toEqual({
    status: 'failed',
    error_code: 'externalTimedOut',
    error_message: 'its outside worker reported nothing for 24 h',
  });
  expect(await fail(25 * HOUR_MS)).toEqual([]);
});

it('seals a log of an outside run that has ended, also of one that succeeded without', async () => {
  for (const status of ['failed', 'succeeded']) {
    const runId = await bench.startRun({ worker: 'external' });
    const ended = `status = $2, finished_at = clock_timestamp() - interval '1 min'`;
    await bench.db.execute(`update run set ${ended} where id = $1`, [runId, status]);
    expect((await bench.runs.endedWithoutLog()).map(({ id }) => id)).toContain(runId);
    await bench.db.execute('update run set log_sealed_at = now() where id = $1', [runId]);
    expect((await bench.runs.endedWithoutLog()).map(({ id }) => id)).not.toContain(runId);
  }
});

it('leaves alone what our own workers do, however long it takes', async () => {
  const runId = await bench.startRun();

  expect(await fail(1_000 * DAY_MS)).toEqual([]);
  expect(await runOf(runId)).toMatchObject({ status: 'pending' });
});

it('gives an outside run no place, no ring and no steps', async () => {
  const outside = await bench.startRun({ worker: 'external' });
  const own = await bench.startRun();

  expect(await bench.places.companiesWaiting()).toEqual([bench.companyId]);
  const rings = await bench.places.fill(bench.companyId);
  expect(rings.map(({ runId }) => runId)).toContain(own);
  expect(rings.map(({ runId }) => runId)).not.toContain(outside);
  expect(await bench.places.companiesWaiting()).toEqual([]); // the outside run waits for nothing
  expect((await bench.places.quietRings()).map(({ runId }) => runId)).not.toContain(outside);
  expect(await bench.runs.claim({ runId: outside, step: 'query' }, false)).toBeUndefined();
  expect(await bench.db.query('select name from run_step where run_id = $1', [outside])).toEqual([]);
});

it('takes no place away from the runs of our own workers', async () => {
  const crowded = await runBench({ placesPerCompany: 1 });
  try {
    await crowded.startRun({ worker: 'external' });
    const own = await crowded.startRun();
    expect((await crowded.places.fill(crowded.companyId)).map(({ runId }) => runId)).toEqual([own]);
  } finally {
    await crowded.close();
  }
});
