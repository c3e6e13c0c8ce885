import { type Claim } from '@muster/pipeline/runs';
import { runBench } from '@muster/testing/runBench';

let bench: Awaited<ReturnType<typeof runBench>>;
beforeEach(async () => void (bench = await runBench({ placesPerCompany: 1 })));
afterEach(() => bench.close());

const claim = async (runId: string) => (await bench.runs.claim({ runId, step: 'query' }, false)) as Claim;

/** A run with a place that nobody has begun, and the ring that tells of it. */
async function quietRun() {
  const runId = await bench.startRun();
  await bench.places.fill(bench.companyId);
  return { runId, rings: await bench.places.quietRings() };
}

describe('a ring that was lost', () => {
  it('is raised while nobody works on its step, and where a worker was lost', async () => {
    const { runId, rings } = await quietRun();
    const again = await bench.places.ringAgain(rings);
    expect(again).toMatchObject([{ runId, step: 'query', ring: 2 }]);

    await claim(runId);
    await bench.loseWorker(runId, 'query');
    expect(await bench.places.ringAgain(again)).toMatchObject([{ runId, step: 'query', ring: 3 }]);
  });

  it('is none any more once a worker has begun its step, has put it off, or has finished it', async () => {
    const { runId, rings } = await quietRun();

    const claimed = await claim(runId);
    expect(await bench.places.ringAgain(rings)).toEqual([]);
    await bench.runs.postponeStep(claimed, { delayMs: 60_000, givePlaceBack: false });
    expect(await bench.places.ringAgain(rings)).toEqual([]);
    await bench.db.execute('update run_step set not_before = null where run_id = $1', [runId]);
    await bench.runs.finishStep(await claim(runId), {}, []);
    expect(await bench.places.ringAgain(rings)).toEqual([]);
  });

  it('is none any more once its run has ended, or has given its place back', async () => {
    const { runId, rings } = await quietRun();

    await bench.db.execute('update run set rung_at = null where id = $1', [runId]);
    expect(await bench.places.ringAgain(rings)).toEqual([]);
    await bench.places.fill(bench.companyId);
    const last = await bench.places.quietRings();
    await bench.runs.endRun(await claim(runId), 'failed', null);
    expect(await bench.places.ringAgain(last)).toEqual([]);
  });
});

it('a company waits only while it has a free place: a thousand full ones hide none', async () => {
  const { runId } = await quietRun();
  const second = await bench.startRun();
  expect(await bench.places.companiesWaiting()).toEqual([]);

  await bench.runs.endRun(await claim(runId), 'failed', null);
  expect(await bench.places.companiesWaiting()).toEqual([bench.companyId]);

  expect(await bench.places.fill(bench.companyId)).toMatchObject([{ runId: second }]);
  expect(await bench.places.companiesWaiting()).toEqual([]);
});
