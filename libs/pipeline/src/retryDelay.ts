import { type StepName } from './run.ts';

/** For how long a failing step is tried again, in milliseconds since its first failure. */
export type RetryLimits = Record<StepName, number>;

const MINUTE_MS = 60_000;
export const defaultRetryLimits: RetryLimits = {
  query: 60 * MINUTE_MS,
  filter: 15 * MINUTE_MS,
  export: 15 * MINUTE_MS,
  upload: 60 * MINUTE_MS,
  report: 60 * MINUTE_MS,
};

const FIRST_MS = 5_000;
const LONGEST_MS = 5 * MINUTE_MS;
const SHORTEST_MS = 250; // full jitter may say zero: never hammer

/** The wait before the next try, in milliseconds: 5 s doubling to 5 min, with full jitter. `chance` is from 0 to 1. */
export function retryDelay(failures: number, chance: number = Math.random()): number {
  const ceiling = Math.min(FIRST_MS * 2 ** failures, LONGEST_MS);
  return Math.max(SHORTEST_MS, Math.round(ceiling * chance));
}
