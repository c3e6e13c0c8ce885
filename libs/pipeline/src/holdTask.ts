import { type Log } from '@muster/core/log';
import { type LeaseTimes } from './holdLease.ts';
import { type Hold, keepAlive } from './keepAlive.ts';
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
  const beat = async () => {
    const state = await tasks.renew(lease);
    if (state === 'lost') return new TaskLost(lease);
    return state === 'cancelAsked' ? new TaskAbandoned(lease.taskId) : undefined;
  };
  return keepAlive({ beat, everyMs: times.heartbeatMs, log }, stop);
}
