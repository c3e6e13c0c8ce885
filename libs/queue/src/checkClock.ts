import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';

const MOST_MS = 2_000;

/**
 * Refuses a clock that is more than 2 s away from the database's: on PostgreSQL the workers' clocks decide when a lock
 * has expired, and a fast one takes healthy jobs away from the others.
 */
export async function checkClock(askTime: () => Promise<number>, now: () => number = Date.now): Promise<void> {
  const before = now();
  const theirs = await askTime();
  const after = now();
  if (Number.isNaN(theirs)) throw new TemporaryFailure('queueUnavailable', 'the database did not tell the time');
  const awayMs = Math.max(before - theirs, theirs - after, 0); // whatever the question took is not held against it
  if (awayMs <= MOST_MS) return;
  throw new PermanentFailure(
    'clockSkewed',
    `this host's clock and the database's differ by ${Math.round(awayMs)} ms: set both by NTP (at most ${MOST_MS} ms)`,
  );
}
