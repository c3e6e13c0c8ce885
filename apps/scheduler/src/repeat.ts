import { setTimeout as pause } from 'node:timers/promises';

export interface Repeated {
  everyMs: number;
  /** Should end early once `signal` is aborted. */
  task: (signal: AbortSignal) => Promise<unknown>;
  onError: (error: unknown) => void;
}

/** Something that goes on until it is stopped. */
export interface Stoppable {
  /** Resolves when what was under way is over. */
  stop(): Promise<void>;
}

/** Does a task again and again, with a pause between; one that fails is done again like any other. */
export function repeat({ everyMs, task, onError }: Repeated): Stoppable {
  const stopping = new AbortController();
  const { signal } = stopping;
  const over = (async () => {
    while (!signal.aborted) {
      await task(signal).catch(onError);
      await pause(everyMs, undefined, { signal }).catch(() => undefined);
    }
  })();
  return {
    stop: () => {
      stopping.abort();
      return over;
    },
  };
}
