import { type Log } from '@muster/core/log';
import { type Hold, type LeaseTimes, WorkerStopping } from './holdLease.ts';
import { type TaskLease, TaskLost, type Tasks } from './tasks.ts';

/** Whoever asked for it waits no longer. */
export class TaskAbandoned extends Error {
  constructor(taskId: string) {
    super(`nobody waits for task ${taskId} any longer`);
    this.name = 'TaskAbandoned';
  }
}

interface HoldDeps {
  tasks: Pick<Tasks, 'renew'>;
  times: LeaseTimes;
  log: Log;
}

/** Keeps a task's lease alive until `end`, and turns its loss, its caller's going and the worker's stop into one signal. */
export function holdTask(lease: TaskLease, { tasks, times, log }: HoldDeps, stop: AbortSignal): Hold {
  const controller = new AbortController();
  const onStop = () => controller.abort(new WorkerStopping());
  if (stop.aborted) onStop();
  stop.addEventListener('abort', onStop, { once: true });

  const beat = async () => {
    const state = await tasks.renew(lease);
    if (state === 'lost') controller.abort(new TaskLost(lease));
    if (state === 'cancelAsked') controller.abort(new TaskAbandoned(lease.taskId));
  };
  const timer = setInterval(() => {
    beat().catch((error: unknown) => log.warn('lease.notRenewed', { reason: (error as Error).message }));
  }, times.heartbeatMs);

  return {
    signal: controller.signal,
    end: () => {
      clearInterval(timer);
      stop.removeEventListener('abort', onStop);
    },
  };
}
