import { executeStep } from '@muster/pipeline/executeStep';
import { type StepName, stepNames } from '@muster/pipeline/run';
import { bellQueues, taskQueues } from '@muster/pipeline/tasks';
import { InvalidInput } from '@muster/core/errors';
import { type Config } from '@muster/runtime/config';
import { endItself, keyReplaced, type LastWord } from '@muster/runtime/endItself';
import { openMetrics } from '@muster/runtime/metrics';
import { type ProcessContext, type Started } from '@muster/runtime/runProcess';
import { serveMetrics } from '@muster/runtime/serveMetrics';
import { isolateStep } from './isolateStep.ts';
import { meterRuns } from './meterRuns.ts';
import { openWorker, type Refit } from './openWorker.ts';
import { startDueCharges } from './startDueCharges.ts';
import { startMessages } from './startMessages.ts';
import { startPosts } from './startPosts.ts';
import { startTasks } from './startTasks.ts';

const CONCURRENCY: Record<StepName, 'WAITING_CONCURRENCY' | 'WORKING_CONCURRENCY'> = {
  query: 'WAITING_CONCURRENCY',
  filter: 'WORKING_CONCURRENCY',
  export: 'WORKING_CONCURRENCY',
  upload: 'WAITING_CONCURRENCY',
  report: 'WAITING_CONCURRENCY',
};
const SAVED_FOR_CLOSING_MS = 6_000; // of the time that a process has to stop

/** Starts a worker on each queue that the settings name. Tests of faults refit what the steps get. */
export async function startWorker(context: ProcessContext, refit: Refit = (deps) => deps): Promise<Started> {
  const { config } = context;
  const wanted = queuesOf(config);
  const metrics = openMetrics();
  const watched = await serveMetrics(metrics, config);
  const ending = endItself(context);
  const onKeyReplaced = () => ending.because(keyReplaced);
  const {
    deps: opened,
    tasks,
    messages,
    queues,
    close,
  } = await openWorker(context, {
    onKeyReplaced,
    onDeaf: (queue) => ending.because(deafness(queue)),
  });
  const deps = refit({ ...opened, runs: meterRuns(opened.runs, metrics) });
  const isolate = isolateStep({ leaseMs: config.LEASE_MS, onKeyReplaced });
  const workers = await Promise.all([
    ...pick(stepNames, wanted).map((step) =>
      queues.work(step, (job, signal) => executeStep(job, { ...deps, isolate }, signal), {
        concurrency: config[CONCURRENCY[step]],
      }),
    ),
    startTasks(pick(taskQueues, wanted), { ...tasks, bell: queues }, config),
    ...(wanted.includes('messages')
      ? [
          startMessages({ ...messages, bell: queues }, { concurrency: config.MESSAGE_CONCURRENCY }),
          startDueCharges(messages, { concurrency: config.MESSAGE_CONCURRENCY }),
          startPosts(messages),
        ]
      : []),
  ]);
  const stop = async () => {
    for (const worker of workers) worker.pause();
    const graceMs = Math.max(0, config.STOP_WITHIN_MS - SAVED_FOR_CLOSING_MS);
    await Promise.all(workers.map((worker) => worker.close(graceMs)));
    await close();
    await watched.close();
  };
  ending.stopBy(stop);
  return { stop };
}

function deafness(queue: string): LastWord {
  const reason = `jobs wait in the queue ${queue}, and this worker is given none`;
  return { event: 'worker.deaf', fields: { queue }, reason };
}

function pick<Name extends string>(names: readonly Name[], wanted: readonly string[]): Name[] {
  return names.filter((name) => wanted.includes(name));
}

const queueNames: readonly string[] = [...stepNames, ...bellQueues];

function queuesOf({ WORKER_QUEUES: wanted }: Config): readonly string[] {
  if (wanted === 'all') return queueNames;
  const names = wanted.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !queueNames.includes(name));
  if (unknown.length === 0) return names;
  const message = `${unknown.join(', ')} is no queue: write all, or some of ${queueNames.join(',')}`;
  throw new InvalidInput([{ field: 'WORKER_QUEUES', code: 'notAllowed', message }]);
}
