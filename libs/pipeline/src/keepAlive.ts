import { type Log } from '@muster/core/log';

/** The reason of a signal aborted because the worker must go: what it held is handed back, uncounted. */
export class WorkerStopping extends Error {
  constructor() {
    super('the worker is stopping');
    this.name = 'WorkerStopping';
  }
}

/** A lease that is kept alive. */
export interface Hold {
  /** Aborted, with the reason, once the work must stop. */
  signal: AbortSignal;
  /** Ends the heartbeat. */
  end(): void;
}

interface Beating {
  /** Renews the lease; gives why the work must stop, if it must. */
  beat: () => Promise<Error | undefined>;
  everyMs: number;
  log: Log;
}

/**
 * Keeps a lease alive until `end`, and turns what a heartbeat finds out, and the worker's stop, into one signal. While
 * PostgreSQL is away the work goes on: whatever it wants to record will have to pass the fence.
 */
export function keepAlive({ beat, everyMs, log }: Beating, stop: AbortSignal): Hold {
  const controller = new AbortController();
  const onStop = () => controller.abort(new WorkerStopping());
  if (stop.aborted) onStop();
  stop.addEventListener('abort', onStop, { once: true });

  const beatOnce = async () => {
    const reason = await beat();
    if (reason) controller.abort(reason);
  };
  const timer = setInterval(() => {
    beatOnce().catch((error: unknown) => log.warn('lease.notRenewed', { reason: (error as Error).message }));
  }, everyMs);

  return {
    signal: controller.signal,
    end: () => {
      clearInterval(timer);
      stop.removeEventListener('abort', onStop);
    },
  };
}
