import { type BellQueue } from './tasks.ts';

/** The queues of tasks, as those see them who ring and who answer. A ring says only "look": whose turn it is, the database knows. */
export interface TaskBell {
  /** Rings for a task. Throws TemporaryFailure `queueUnavailable` in bounded time; callers let it go, since workers look by themselves. */
  ringTask(queue: BellQueue, taskId: string): Promise<void>;
  /** The same for many, in one way there and back. */
  ringTasks(queue: BellQueue, taskIds: readonly string[]): Promise<void>;
  /** Starts a worker that calls `process` for each ring, once the store answers. */
  workTasks(queue: BellQueue, process: AnswerRing, options: { concurrency: number }): Promise<BellWorker>;
}

/** Answers one ring. `signal` is aborted when the worker is closed and the grace is over. */
export type AnswerRing = (taskId: string, signal: AbortSignal) => Promise<void>;

export interface BellWorker {
  /** Takes no further ring, at once. */
  pause(): void;
  /** Ends it: what is under way has `graceMs`. Never throws. */
  close(graceMs: number): Promise<void>;
}
