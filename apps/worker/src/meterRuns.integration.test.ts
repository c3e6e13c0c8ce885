import { NotReady, PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { executeStep } from '@muster/pipeline/executeStep';
import { type StepDeps } from '@muster/pipeline/stepDeps';
import { openMetrics } from '@muster/runtime/metrics';
import { pipelineBench } from '@muster/testing/pipelineBench';
import { meterRuns } from './meterRuns.ts';

let bench: Awaited<ReturnType<typeof pipelineBench>>;
beforeAll(async () => void (bench = await pipelineBench()));
afterAll(() => bench.close());

/** A worker that counts; `count` gives how often a figure has been noted. */
async function meteredWorker() {
  const metrics = openMetrics();
  const { key } = await bench.addBorrower();
  bench.redash.csv = `id\r\n${key}\r\n`;
  const { text } = await metrics.scrape();
  expect(text).not.toContain('muster_runs_total');
  const deps: Partial<StepDeps> = { runs: meterRuns(bench.runs, metrics) };
  return {
    deps,
    start: async () => {
      const runId = await bench.startRun();
      await Promise.all((await bench.places.fill(bench.companyId)).map((ring) => bench.doorbell.ring(ring)));
      return runId;
    },
    work: () => bench.work(deps),
    figures: async () => (await metrics.scrape()).text.split('\n'),
  };
}

const stepCount = (step: string, outcome: string, count = 1) =>
  `muster_step_duration_seconds_count{step="${step}",outcome="${outcome}"} ${count}`;

it('counts a run and the time of each of its steps', async () => {
  const { start, work, figures } = await meteredWorker();
  const runId = await start();
  await work();

  const lines = await figures();

  for (const step of ['query', 'filter', 'export', 'upload', 'report']) {
    expect(lines).toContain(stepCount(step, 'succeeded'));
  }
  expect(lines).toContain('muster_runs_total{outcome="succeeded"} 1');
  expect(lines.join()).not.toContain(runId);
});

it('tells a failure that is tried again, a wait, and one that ends the run from each other', async () => {
  const { start, work, figures } = await meteredWorker();
  bench.redash.failures = [
    new TemporaryFailure('redashUnreachable', 'away'),
    new NotReady(1, 'not yet'),
    new PermanentFailure('redashRefused', 'no'),
  ];
  await start();
  for (let i = 0; i < 3; i++) {
    await work();
    await bench.passTime();
    await bench.heal();
  }

  const lines = await figures();

  expect(lines).toEqual(
    expect.arrayContaining([
      ...[stepCount('query', 'retried'), stepCount('query', 'postponed'), stepCount('query', 'failed')],
      'muster_runs_total{outcome="failed"} 1',
    ]),
  );
});

it('counts a canceled run that it ends instead of working on it, once', async () => {
  const { deps, start, work, figures } = await meteredWorker();
  const runId = await start();
  await bench.runs.claim({ runId, step: 'query' }, true);
  await bench.loseWorker(runId, 'query');
  await bench.db.execute('update run set cancel_asked_at = now() where id = $1', [runId]);
  await work();
  await executeStep({ runId, step: 'query' }, { ...bench.deps, ...deps }, new AbortController().signal);

  expect(await figures()).toContain('muster_runs_total{outcome="canceled"} 1');
});

it('counts a step that a worker hands back, and a run that is parked', async () => {
  const { deps, start, figures } = await meteredWorker();
  const runId = await start();
  const all = { ...bench.deps, ...deps };
  await executeStep({ runId, step: 'query' }, all, AbortSignal.abort());
  for (let crash = 0; crash < 3; crash++) {
    await bench.runs.claim({ runId, step: 'query' }, true);
    await bench.loseWorker(runId, 'query');
  }
  await executeStep({ runId, step: 'query' }, all, new AbortController().signal);

  const lines = await figures();

  expect(lines).toContain(stepCount('query', 'handedBack'));
  expect(lines).toContain('muster_runs_total{outcome="failed"} 1');
  const fields: unknown = expect.objectContaining({ runId, step: 'query', code: 'parked' });
  expect(bench.log.lines).toContainEqual({ level: 'error', event: 'run.failed', fields });
});
