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
export async function startDueCharges(deps: DueDeps, { concurrency }: { concurrency: number }): Promise<BellWorker> {
  let isPaused = false;
  const list = {
    name: 'charges',
    claim: () => deps.charges.claim(),
    // one after the other while there are any: a look finds but the first ones
    execute: async (first: DueClaim, stop: AbortSignal) => {
      for (let claim: DueClaim | undefined = first; claim;) {
        await chargeDue(claim, deps, stop);
        claim = isPaused || stop.aborted ? undefined : await deps.charges.claim();
      }
    },
    workRings: () => Promise.resolve(noRings),
    log: deps.log,
  };
  const worker = await workOnRings(list, { concurrency, sweepEveryMs: SWEEP_EVERY_MS });
  const pause = () => {
    isPaused = true;
    worker.pause();
  };
  return {
    pause,
    close: (graceMs) => {
      pause();
      return worker.close(graceMs);
    },
  };
}
