import { TemporaryFailure } from '@muster/core/errors';
import { CancelAsked } from '@muster/pipeline/cancelAsked';
import { LeaseLost } from '@muster/pipeline/leaseLost';
import { type Claim } from '@muster/pipeline/runs';
import { type ControlBench, controlBench } from '@muster/testing/controlBench';

let bench: ControlBench;
beforeEach(async () => void (bench = await controlBench()));
afterEach(() => bench.close());

/** A screened run that stands at its upload, and whose verdicts are too old by now. */
async function expiredRun() {
  const { runId } = await bench.readyRun({ screened: true });
  await bench.workUntil('upload');
  const later = new Date((await bench.db.now()).getTime() + 31 * 60_000);
  bench.deps.now = async () => later;
  return runId;
}

async function claimUpload(runId: string) {
  return (await bench.runs.claim({ runId, step: 'upload' }, false)) as Claim;
}

async function standing(runId: string) {
  const [run] = await bench.db.query(
    `select run.generation, run.screened_again, run.counts, array_agg(step.status order by ordinal) as steps
     from run join run_step step on step.run_id = run.id where run.id = $1 group by run.id`,
    [runId],
  );
  return run;
}

it('sends nothing back for an attempt that has been superseded, and changes nothing', async () => {
  const runId = await expiredRun();
  const stale = await claimUpload(runId);
  await bench.loseWorker(runId, 'upload');
  await claimUpload(runId);
  const before = await standing(runId);

  await expect(bench.runs.screenAgain(stale, new Date())).rejects.toBeInstanceOf(LeaseLost);

  expect(await standing(runId)).toEqual(before);
});

it('sends no run back that is to be canceled: it ends so', async () => {
  const runId = await expiredRun();
  const { screenAgain } = bench.runs;
  const runs = {
    ...bench.runs,
    screenAgain: async (...args: Parameters<typeof screenAgain>) => {
      await bench.db.execute('update run set cancel_asked_at = now() where id = $1', [runId]);
      await expect(screenAgain(...args)).rejects.toBeInstanceOf(CancelAsked);
      return screenAgain(...args);
    },
  };

  await bench.work({ runs });

  expect(await bench.runOf(runId)).toMatchObject({ status: 'canceled', error_code: null });
  expect([await bench.generationOf(runId), await bench.reservationsOf(runId)]).toEqual([1, []]);
});

it('sends a run back once, also where the answer is lost', async () => {
  const runId = await expiredRun();
  let lost = false;
  const screenAgain = async (...args: Parameters<typeof bench.runs.screenAgain>) => {
    const ring = await bench.runs.screenAgain(...args);
    if (lost) return ring;
    lost = true;
    throw new TemporaryFailure('databaseUnavailable', 'the connection is gone');
  };

  await bench.work({ runs: { ...bench.runs, screenAgain } });
  expect(await bench.generationOf(runId)).toBe(2);
  await bench.heal();
  await bench.work();

  expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded' });
  expect([await bench.generationOf(runId), bench.contactsSent().length]).toEqual([2, 1]);
});
