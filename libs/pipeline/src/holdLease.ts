import { type Log } from '@muster/core/log';
import { CancelAsked } from './cancelAsked.ts';
import { type Hold, keepAlive } from './keepAlive.ts';
import { LeaseLost } from './leaseLost.ts';
import { type Lease, type Runs } from './runs.ts';

export interface LeaseTimes {
  /** How long a lease holds without a heartbeat; default 10 s. */
  leaseMs: number;
  /** Within this a cancel reaches the step; default 2 s. */
  heartbeatMs: number;
}

/** A little early, so that the news that a beat brings is there in time. */
const EARLY = 0.9;

interface HoldDeps {
  runs: Pick<Runs, 'renew'>;
  times: LeaseTimes;
  log: Log;
}

/** Keeps a step's lease alive until `end`, and turns its loss, a cancel and the worker's stop into one signal. */
export function holdLease(lease: Lease, { runs, times, log }: HoldDeps, stop: AbortSignal): Hold {
  const beat = async () => {
    const state = await runs.renew(lease);
    if (state === 'lost') return new LeaseLost(lease.runId, lease.step, lease.attempt);
    return state === 'cancelAsked' ? new CancelAsked(lease.runId) : undefined;
  };
  return keepAlive({ beat, everyMs: times.heartbeatMs * EARLY, log }, stop);
}
