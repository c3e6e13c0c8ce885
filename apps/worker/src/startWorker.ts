import { executeStep } from '@muster/pipeline/executeStep';
import { type StepName, stepNames } from '@muster/pipeline/run';
import { InvalidInput } from '@muster/core/errors';
import { type Config } from '@muster/runtime/config';
import { openMetrics } from '@muster/runtime/metrics';
import { type ProcessContext, type Started } from '@muster/runtime/runProcess';
import { serveMetrics } from '@muster/runtime/serveMetrics';
import { isolateStep } from './isolateStep.ts';
import { meterRuns } from './meterRuns.ts';
import { openWorker } from './openWorker.ts';

const CONCURRENCY: Record<StepName, 'WAITING_CONCURRENCY' | 'WORKING_CONCURRENCY'> = {
  query: 'WAITING_CONCURRENCY',
  filter: 'WORKING_CONCURRENCY',
  export: 'WORKING_CONCURRENCY',
  upload: 'WAITING_CONCURRENCY',
  report: 'WAITING_CONCURRENCY',
};
const SAVED_FOR_CLOSING_MS = 6_000; // of the time that a process has to stop

/** Starts a worker on each step queue that the settings name. */
export async function startWorker(context: ProcessContext): Promise<Started> {
  const { config, log } = context;
  const steps = stepsOf(config);
  const metrics = openMetrics();
  const watched = await serveMetrics(metrics, config);
  const { deps: opened, queues, close } = await openWorker(context);
  const deps = { ...opened, runs: meterRuns(opened.runs, metrics) };
  const isolate = isolateStep({ log, leaseMs: config.LEASE_MS });
  const workers = await Promise.all(
    steps.map((step) =>
      queues.work(step, (job, signal) => executeStep(job, { ...deps, isolate }, signal), {
        concurrency: config[CONCURRENCY[step]],
      }),
    ),
  );
  return {
    stop: async () => {
      for (const worker of workers) worker.pause();
      const graceMs = Math.max(0, config.STOP_WITHIN_MS - SAVED_FOR_CLOSING_MS);
      await Promise.all(workers.map((worker) => worker.close(graceMs)));
      await close();
      await watched.close();
    },
  };
}

function stepsOf({ WORKER_QUEUES: wanted }: Config): readonly StepName[] {
  if (wanted === 'all') return stepNames;
  const names = wanted.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !stepNames.some((step) => step === name));
  if (unknown.length === 0) return stepNames.filter((step) => names.includes(step));
  const message = `${unknown.join(', ')} is no step: write all, or some of ${stepNames.join(',')}`;
  throw new InvalidInput([{ field: 'WORKER_QUEUES', code: 'notAllowed', message }]);
}
