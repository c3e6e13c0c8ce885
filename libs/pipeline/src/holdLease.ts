import { CancelAsked } from './cancelAsked.ts';
import { LeaseLost } from './leaseLost.ts';
import { type Log } from '@muster/core/log';
import { type Lease, type Runs } from './runs.ts';

export interface LeaseTimes {
  /** How long a lease holds without a heartbeat; default 10 s. */
  leaseMs: number;
  /** Within this a cancel reaches the step; default 2 s. */
  heartbeatMs: number;
}

/** A little early, so that the news that a beat brings is there in time. */
const EARLY = 0.9;

/** The reason of a signal aborted because the worker must go: the step is handed back, uncounted. */
export class WorkerStopping extends Error {
  constructor() {
    super('the worker is stopping');
    this.name = 'WorkerStopping';
  }
}

/** A lease that is kept alive. */
export interface Hold {
  /** Aborted, with the reason, once the step must stop. */
  signal: AbortSignal;
  /** Ends the heartbeat. */
  end(): void;
}

interface HoldDeps {
  runs: Pick<Runs, 'renew'>;
  times: LeaseTimes;
  log: Log;
}

/**
 * Keeps a lease alive until `end`, and turns its loss, a cancel and the worker's stop into one signal. While PostgreSQL is
 * away the step goes on: whatever it wants to record will have to pass the fence.
 */
export function holdLease(lease: Lease, { runs, times, log }: HoldDeps, stop: AbortSignal): Hold {
  const controller = new AbortController();
  const onStop = () => controller.abort(new WorkerStopping());
  if (stop.aborted) onStop();
  stop.addEventListener('abort', onStop, { once: true });

  const beat = async () => {
    const state = await runs.renew(lease);
    if (state === 'lost') controller.abort(new LeaseLost(lease.runId, lease.step, lease.attempt));
    if (state === 'cancelAsked') controller.abort(new CancelAsked(lease.runId));
  };
  const timer = setInterval(() => {
    beat().catch((error: unknown) => log.warn('lease.notRenewed', { reason: (error as Error).message }));
  }, times.heartbeatMs * EARLY);

  return {
    signal: controller.signal,
    end: () => {
      clearInterval(timer);
      stop.removeEventListener('abort', onStop);
    },
  };
}
