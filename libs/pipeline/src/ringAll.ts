import { type Doorbell } from './doorbell.ts';
import { type Log } from '@muster/core/log';
import { type Ring } from './run.ts';

/** Rings for all; one that fails is let go, since the healer rings again. */
export async function ringAll({ doorbell, log }: { doorbell: Doorbell; log: Log }, rings: Ring[]): Promise<void> {
  const results = await Promise.allSettled(rings.map((ring) => doorbell.ring(ring)));
  const missed = results.filter(({ status }) => status === 'rejected').length;
  if (missed > 0) log.warn('ring.missed', { missed });
}
