import { type Doorbell } from './doorbell.ts';
import { type Log } from '@muster/core/log';
import { type Ring } from './run.ts';

/** With a store that is away, thousands of runs would each have a line every few seconds. */
export const MOST_NAMED = 100;

/** Rings for all; one that fails is let go, since the healer rings again. The log is of no run: the rings are of many. */
export async function ringAll({ doorbell, log }: { doorbell: Doorbell; log: Log }, rings: Ring[]): Promise<void> {
  const results = await Promise.allSettled(rings.map((ring) => doorbell.ring(ring)));
  const missed = rings.filter((_, i) => results[i]?.status === 'rejected');
  for (const { runId, step, names } of missed.slice(0, MOST_NAMED)) log.warn('ring.missed', { runId, ...names, step });
  if (missed.length > MOST_NAMED) log.warn('rings.missed', { count: missed.length });
}
