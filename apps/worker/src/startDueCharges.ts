import { chargeDue, type DueDeps } from '@muster/messaging/chargeDue';
import { type DueClaim } from '@muster/messaging/dueCharges';
import { type BellWorker } from '@muster/pipeline/taskBell';
import { workUnrung } from './workUnrung.ts';

/**
 * Starts a worker on the charges of due dates. Nobody rings for them: a day's come by the thousand at one moment, when a ring
 * for each would be as much work again, and no one waits for the second that this worker may take to look.
 */
export function startDueCharges(deps: DueDeps, { concurrency }: { concurrency: number }): Promise<BellWorker> {
  const list = {
    ...{ name: 'charges', claim: () => deps.charges.claim(), log: deps.log },
    execute: (claim: DueClaim, stop: AbortSignal) => chargeDue(claim, deps, stop),
  };
  return workUnrung(list, { concurrency });
}
