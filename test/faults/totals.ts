import { appendFileSync } from 'node:fs';
import { type Outcome } from './checkRuns.ts';

/** The variables by which `npm run test:faults` tells how much is wanted: `whole`, else a bounded part; which part of it; and where totals go. */
const { FAULTS, FAULT_PART = '1/1', FAULT_TOTALS } = process.env;

/** Whether all repeats are wanted, or those that each check of a change can afford. */
export const isWhole = FAULTS === 'whole';

/** The repeats of a test that belong to this part: all of `whole` where everything is wanted, else `bounded` of them. */
export function repeats({ whole, bounded }: { whole: number; bounded: number }): number[] {
  const [part = 1, parts = 1] = FAULT_PART.split('/').map(Number);
  const wanted = Array.from({ length: isWhole ? whole : bounded }, (_, at) => at + 1);
  return isWhole ? wanted.filter((repeat) => repeat % parts === part % parts) : wanted;
}

/** Adds to what `npm run test:faults` sums up at its end. */
export function noteTotals({ runs, lost, doubled, stuck, unknown, kills }: Outcome & { kills: number }): void {
  if (FAULT_TOTALS === undefined) return;
  appendFileSync(FAULT_TOTALS, `${JSON.stringify({ runs, lost, doubled, stuck, unknown, kills })}\n`);
}
