import { codeOf } from '@muster/core/errors';
import { type TaskDeps } from '@muster/pipeline/executeTask';
import { startTaskWorker } from '@muster/pipeline/startTaskWorker';
import { type BellWorker, type TaskBell } from '@muster/pipeline/taskBell';
import { type TaskQueue } from '@muster/pipeline/tasks';
import { tidyTasks, type TidyDeps } from '@muster/pipeline/tidyTasks';
import { type Config } from '@muster/runtime/config';

const SWEEP_EVERY_MS = 2_000;
const TIDY_EVERY_MS = 60_000;
const CONCURRENCY = { previews: 'PREVIEW_CONCURRENCY', imports: 'IMPORT_CONCURRENCY' } as const;

/** Starts a worker on each of these queues of tasks, and tidies up after all of them. */
export async function startTasks(
  queues: readonly TaskQueue[],
  deps: TaskDeps & TidyDeps & { bell: TaskBell },
  config: Pick<Config, 'PREVIEW_CONCURRENCY' | 'IMPORT_CONCURRENCY'>,
): Promise<BellWorker> {
  const workers = await Promise.all(
    queues.map((queue) =>
      startTaskWorker(queue, deps, { concurrency: config[CONCURRENCY[queue]], sweepEveryMs: SWEEP_EVERY_MS }),
    ),
  );
  const tidying = queues.length > 0 ? tidyEvery(TIDY_EVERY_MS, deps) : undefined;
  return {
    pause: () => {
      for (const worker of workers) worker.pause();
    },
    close: async (graceMs) => {
      await Promise.all([tidying?.stop(), ...workers.map((worker) => worker.close(graceMs))]);
    },
  };
}

function tidyEvery(everyMs: number, deps: TidyDeps) {
  let underWay: Promise<void> | undefined;
  const tidy = () => {
    underWay ??= tidyTasks(deps)
      .catch((error: unknown) => deps.log.warn('tasks.notTidied', { code: codeOf(error) ?? null }))
      .finally(() => (underWay = undefined));
  };
  const timer = setInterval(tidy, everyMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await underWay;
    },
  };
}
