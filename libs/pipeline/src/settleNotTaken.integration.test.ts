import { PermanentFailure } from '@muster/core/errors';
import { pipelineBench } from '@muster/testing/pipelineBench';
import { executeStep } from './executeStep.ts';
import { type StepName } from './run.ts';
import { type StepDeps } from './stepDeps.ts';

let bench: Awaited<ReturnType<typeof pipelineBench>>;
beforeEach(async () => void (bench = await pipelineBench()));
afterEach(() => bench.close());

const QUERY: StepName = 'query';

/** A run whose first step has killed so many workers, and what a worker that answers its ring says of it. */
async function runThatKilled(workers: number) {
  const runId = await bench.startRun();
  for (let i = 0; i < workers; i++) {
    await bench.runs.claim({ runId, step: QUERY }, true);
    await bench.loseWorker(runId, QUERY);
  }
  const names = { runId, ...(await bench.namesOf(runId)), step: QUERY };
  const work = (change: Partial<StepDeps> = {}) =>
    executeStep({ runId, step: QUERY }, { ...bench.deps, ...change }, new AbortController().signal);
  return { runId, names, work };
}
const ofLost = (attempt: number) => ({ attempt, heldBy: 'host-1, pid 11' });

it('says of a run that it parks whose it is, and of the last worker that was lost', async () => {
  const { names, work } = await runThatKilled(3);
  await work();
  expect(bench.log.lines).toEqual([
    { level: 'warn', event: 'step.lost', fields: { ...names, ...ofLost(3) } },
    { level: 'error', event: 'run.failed', fields: { ...names, code: 'parked' } },
  ]);
});

it('says once of a run that was to be canceled that it has ended, and which worker was lost in it', async () => {
  const { runId, names, work } = await runThatKilled(1);
  await bench.db.execute('update run set cancel_asked_at = now() where id = $1', [runId]);
  for (let i = 0; i < 2; i++) await work();
  expect(bench.log.lines).toEqual([
    { level: 'warn', event: 'step.lost', fields: { ...names, ...ofLost(1) } },
    { level: 'info', event: 'run.canceled', fields: names },
  ]);
});

it('hands a step that has killed two workers on with a log that says whose it is', async () => {
  const { names, work } = await runThatKilled(2);
  await work({ isolate: async (_, { log }) => log.warn('step.isolated') });
  expect(bench.log.lines).toEqual([{ level: 'warn', event: 'step.isolated', fields: names }]);
});

it('names the run that could not be rung for, not the one that has made room for it', async () => {
  const small = await pipelineBench({ placesPerCompany: 1 });
  try {
    const [first, next] = [await small.startRun(), await small.startRun()];
    await Promise.all((await small.places.fill(small.companyId)).map((ring) => small.doorbell.ring(ring)));
    small.redash.failures.push(new PermanentFailure('redashRefused', 'no'));
    small.doorbell.isAway = true;
    await small.work();
    expect(await small.runOf(first)).toMatchObject({ status: 'failed' });
    expect(small.log.lines.filter(({ event }) => event === 'ring.missed')).toEqual([
      { level: 'warn', event: 'ring.missed', fields: { runId: next, ...(await small.namesOf(next)), step: QUERY } },
    ]);
  } finally {
    await small.close();
  }
});
