import { type Database } from '@muster/core/database';

/** The same database by another clock: `now()` says what the test says, inside transactions, too. */
export function movedClock(db: Database, now: string | Date): Database {
  return {
    ...db,
    now: () => Promise.resolve(new Date(now)),
    transaction: (work, ...opening) => db.transaction((tx, opened) => work(movedClock(tx, now), opened), ...opening),
  };
}
