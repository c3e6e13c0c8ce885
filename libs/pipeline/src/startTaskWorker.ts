import { setTimeout as pause } from 'node:timers/promises';
import { codeOf, NotReady } from '@muster/core/errors';
import { executeTask, type TaskDeps } from './executeTask.ts';
import { lanes } from './lanes.ts';
import { type BellWorker, type TaskBell } from './taskBell.ts';
import { type TaskQueue } from './tasks.ts';

export interface TaskWorkerOptions {
  /** Tasks at a time. */
  concurrency: number;
  /** How often it looks for tasks by itself: rings may be lost, and so may the worker that answered one. */
  sweepEveryMs: number;
}

const LET_GO_MS = 2_000; // to give back what is under way

/** Works on the tasks of a queue: on one for each ring, and on those that it finds. */
export async function startTaskWorker(
  queue: TaskQueue,
  deps: TaskDeps & { bell: TaskBell },
  { concurrency, sweepEveryMs }: TaskWorkerOptions,
): Promise<BellWorker> {
  const taker = taskTaker(queue, deps, concurrency);
  const worker = await deps.bell.workTasks(queue, taker.answer, { concurrency });
  const sweeps = repeat(taker.sweep, sweepEveryMs, (error) => report(deps, queue, error));
  const pauseAll = () => {
    taker.pause();
    worker.pause();
  };
  return {
    pause: pauseAll,
    close: async (graceMs) => {
      pauseAll();
      await taker.close(graceMs);
      await Promise.all([sweeps.stop(), worker.close(0)]);
    },
  };
}

/** Takes tasks and does them, so many at a time. */
function taskTaker(queue: TaskQueue, deps: TaskDeps, concurrency: number) {
  const stopping = new AbortController();
  const road = lanes(concurrency);
  const running = new Set<Promise<void>>();
  let isPaused = false;

  /** Begins a task, in a lane that is taken already; undefined: there is none, and the lane is free again. */
  const begin = async (signal: AbortSignal) => {
    let work: Promise<void> | undefined;
    try {
      const claim = isPaused ? undefined : await deps.tasks.claim({ queue });
      work = claim && executeTask(claim, deps, AbortSignal.any([signal, stopping.signal]));
    } finally {
      if (!work) road.give();
    }
    if (!work) return undefined;
    const over = work.finally(() => {
      running.delete(over);
      road.give();
    });
    running.add(over);
    return { over };
  };
  const settled = (ms: number) =>
    Promise.race([Promise.allSettled([...running]), pause(ms, undefined, { ref: false })]);
  return {
    sweep: async () => {
      while (!isPaused && road.tryTake()) {
        const begun = await begin(stopping.signal);
        if (!begun) return;
        begun.over.catch((error: unknown) => report(deps, queue, error));
      }
    },
    // whose turn it is, whoever was rung for: the ring of that one comes to the others
    answer: async (taskId: string, signal: AbortSignal) => {
      await road.take(AbortSignal.any([signal, stopping.signal])).catch(() => {
        throw new NotReady(LET_GO_MS, `this worker stops: task ${taskId} is another one's`);
      });
      const begun = await begin(signal);
      await begun?.over; // else all is done, or others have it
    },
    pause: () => {
      isPaused = true;
    },
    close: async (graceMs: number) => {
      await settled(graceMs);
      stopping.abort();
      await settled(LET_GO_MS);
    },
  };
}

function repeat(task: () => Promise<void>, everyMs: number, onError: (error: unknown) => void) {
  const stopping = new AbortController();
  const over = (async () => {
    while (!stopping.signal.aborted) {
      await task().catch(onError);
      await pause(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await over;
    },
  };
}

function report({ log }: TaskDeps, queue: TaskQueue, error: unknown) {
  log.warn('tasks.notTaken', { queue, code: codeOf(error) ?? null }); // the next look tries again
}
