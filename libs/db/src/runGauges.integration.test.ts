import { type Claim } from '@muster/pipeline/runs';
import { runBench } from '@muster/testing/runBench';
import { readRunGauges } from './runGauges.ts';

let bench: Awaited<ReturnType<typeof runBench>>;
beforeEach(async () => void (bench = await runBench({ placesPerCompany: 1 })));
afterEach(() => bench.close());

const ago = (seconds: number) => `clock_timestamp() - interval '${seconds} s'`;
/** A run that was given its place that long ago. */
async function placedRun(seconds: number) {
  const runId = await bench.startRun();
  await bench.places.fill(bench.companyId);
  await bench.db.execute(`update run set updated_at = ${ago(seconds)}, rung_at = ${ago(seconds)} where id = $1`, [
    runId,
  ]);
  return runId;
}
const claim = async (runId: string) => (await bench.runs.claim({ runId, step: 'query' }, false)) as Claim;
const makeOld = (runId: string) => bench.db.execute(`update run set updated_at = ${ago(900)} where id = $1`, [runId]);

const standings: [string, number, () => Promise<unknown>][] = [
  ['of a run that nobody has begun', 90, () => placedRun(90)],
  [
    'of a worker that died, from the end of its lease',
    30,
    async () => {
      const { runId } = await claim(await placedRun(90));
      await makeOld(runId);
      await bench.db.execute(`update run_step set lease_until = ${ago(30)} where run_id = $1 and name = 'query'`, [
        runId,
      ]);
    },
  ],
  [
    'that failed, from when it was to be tried again',
    20,
    async () => {
      const query = await claim(await placedRun(90));
      await bench.runs.postponeStep(query, { delayMs: 1, givePlaceBack: false });
      await makeOld(query.runId);
      await bench.db.execute(`update run_step set not_before = ${ago(20)} where run_id = $1 and name = 'query'`, [
        query.runId,
      ]);
    },
  ],
  [
    'that is handed back, from then on',
    0,
    async () => {
      const query = await claim(await placedRun(90));
      await makeOld(query.runId);
      await bench.runs.release(query);
    },
  ],
  ['that somebody works on: none', 0, async () => makeOld((await claim(await placedRun(90))).runId)],
  [
    'that is to be tried again later: none',
    0,
    async () => {
      const query = await claim(await placedRun(90));
      await bench.runs.postponeStep(query, { delayMs: 30_000, givePlaceBack: false });
      await makeOld(query.runId);
    },
  ],
  [
    'that waits for a place: none',
    0,
    async () => {
      await claim(await placedRun(1));
      await makeOld(await bench.startRun());
    },
  ],
];

it.each(standings)(
  'tell since when the oldest due step waits for somebody to take it: %s',
  async (_, seconds, make) => {
    await make();
    expect((await readRunGauges(bench.db)).stepsWaitingSeconds).toBeCloseTo(seconds, -1);
  },
);
