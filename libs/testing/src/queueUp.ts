import { type Database } from '@muster/core/database';
import { waitFor } from './waitFor.ts';

// only of this database: others are tested at the same time
const WAITING = `select 1 from pg_locks join pg_stat_activity using (pid)
  where not granted and datname = current_database()`;

/** Begins one after the other while a run's row is taken: they get it in that order. Gives what came of each. */
export async function queueUp(db: Database, runId: string, ...works: (() => Promise<unknown>)[]) {
  const begun: Promise<unknown>[] = [];
  await db.transaction(async (tx) => {
    await tx.query('select 1 from run where id = $1 for update', [runId]);
    for (const work of works) {
      begun.push(work());
      const allWait = async () => (await db.query(WAITING)).length === begun.length;
      await waitFor(allWait, { what: 'the row lock to be waited for' });
    }
  });
  return Promise.allSettled(begun);
}
