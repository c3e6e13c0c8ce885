import { setTimeout as pause } from 'node:timers/promises';

/** A moment on the process's own clock after which nothing is waited for any more. */
export interface Deadline {
  leftMs(): number;
  isOver(): boolean;
  /** Waits, but not beyond the deadline; rejects with the signal's reason when told to stop. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

/** A deadline so many milliseconds from now. */
export function deadlineIn(ms: number): Deadline {
  const endsAt = performance.now() + ms;
  const leftMs = () => Math.max(0, Math.ceil(endsAt - performance.now()));
  return {
    leftMs,
    isOver: () => leftMs() === 0,
    async pause(pauseMs, signal) {
      try {
        await pause(Math.min(pauseMs, leftMs()), undefined, { signal });
      } catch {
        throw signal.reason;
      }
    },
  };
}
