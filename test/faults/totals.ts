import { appendFileSync } from 'node:fs';
import { type Outcome } from './checkRuns.ts';

/**
 * The variables by which `npm run test:faults` tells how much is wanted (`whole`, `quick`: a fifth of it, else what each
 * check of a change can afford), which part of it, where the totals go, and the seed of what is left to chance.
 */
const { FAULTS, FAULT_PART = '1/1', FAULT_TOTALS, FAULT_SEED = '20261122' } = process.env;

/** Whether more is wanted than each check of a change can afford. */
export const isWhole = FAULTS === 'whole' || FAULTS === 'quick';

const [part = 1, parts = 1] = FAULT_PART.split('/').map(Number);

/** Each part throws other dice. */
export const seed = Number(FAULT_SEED) + part - 1;

/** Those of all that belong to this part, where each is wanted once. */
export function partOf<One>(all: One[]): One[] {
  return all.filter((_, at) => at % parts === part - 1);
}

/** How many of something are wanted in this part. */
export function shareOf({ whole, bounded }: { whole: number; bounded: number }): number {
  if (FAULTS === 'whole') return Math.ceil(whole / parts);
  return FAULTS === 'quick' ? Math.max(bounded, Math.ceil(whole / 5)) : bounded;
}

/** The numbers of a test's repeats, from 1 on, that belong to this part. */
export function repeats(wanted: { whole: number; bounded: number }): number[] {
  const share = shareOf(wanted);
  return Array.from({ length: share }, (_, at) => 1 + at + (part - 1) * share);
}

/** Adds to what `npm run test:faults` sums up at its end. */
export function noteTotals({ faults: _faults, failed: _failed, ...numbers }: Outcome & { kills: number }): void {
  if (FAULT_TOTALS === undefined) return;
  appendFileSync(FAULT_TOTALS, `${JSON.stringify(numbers)}\n`);
}
