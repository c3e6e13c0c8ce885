import { type BellWorker } from '@muster/pipeline/taskBell';
import { workOnRings, type Worklist } from '@muster/pipeline/workOnRings';

const SWEEP_EVERY_MS = 1_000;
const noRings: BellWorker = { pause: () => undefined, close: () => Promise.resolve() };

/** Starts a worker on a list that nobody rings for: it looks by itself. */
export function workUnrung<Claim>(
  list: Omit<Worklist<Claim>, 'workRings'>,
  { concurrency }: { concurrency: number },
): Promise<BellWorker> {
  const unrung = { ...list, workRings: () => Promise.resolve(noRings) };
  return workOnRings(unrung, { concurrency, sweepEveryMs: SWEEP_EVERY_MS });
}
