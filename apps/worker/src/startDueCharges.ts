import { chargeDue, type DueDeps } from '@muster/messaging/chargeDue';
import { type DueClaim } from '@muster/messaging/dueCharges';
import { type BellWorker } from '@muster/pipeline/taskBell';
import { workOnRings } from '@muster/pipeline/workOnRings';

const SWEEP_EVERY_MS = 1_000;
const noRings: BellWorker = { pause: () => undefined, close: () => Promise.resolve() };

/**
 * Starts a worker on the charges of due dates. Nobody rings for them: a day's come by the thousand at one moment, when a ring
 * for each would be as much work again, and no one waits for the second that this worker may take to look.
 */
export function startDueCharges(deps: DueDeps, { concurrency }: { concurrency: number }): Promise<BellWorker> {
  const list = {
    name: 'charges',
    claim: () => deps.charges.claim(),
    execute: (claim: DueClaim, stop: AbortSignal) => chargeDue(claim, deps, stop),
    workRings: () => Promise.resolve(noRings),
    log: deps.log,
  };
  return workOnRings(list, { concurrency, sweepEveryMs: SWEEP_EVERY_MS });
}
