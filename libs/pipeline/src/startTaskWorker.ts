import { executeTask, type TaskDeps } from './executeTask.ts';
import { type AnswerRing, type BellWorker, type TaskBell } from './taskBell.ts';
import { type TaskClaim, type TaskQueue } from './tasks.ts';
import { type RingWorkerOptions, workOnRings } from './workOnRings.ts';

/** Works on the tasks of a queue: on one for each ring, and on those that it finds. */
export function startTaskWorker(
  queue: TaskQueue,
  deps: TaskDeps & { bell: TaskBell },
  options: RingWorkerOptions,
): Promise<BellWorker> {
  const list = {
    name: queue,
    claim: () => deps.tasks.claim({ queue }),
    execute: (claim: TaskClaim, stop: AbortSignal) => executeTask(claim, deps, stop),
    workRings: (answer: AnswerRing, how: { concurrency: number }) => deps.bell.workTasks(queue, answer, how),
    log: deps.log,
  };
  return workOnRings(list, options);
}
