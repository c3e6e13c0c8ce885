import { type Database } from '@muster/core/database';

const KEPT_FOR = `interval '7 days'`; // nothing counts them any more: for whoever looks into what has happened
const SETS_AT_ONCE = 100;

/** Removes what runs have reserved that ended by itself a week ago, a bounded number of runs at once; gives how many. */
export function dropPastReservations(db: Database): Promise<number> {
  return db.transaction(async (tx) => {
    // By the index, set by set: a planner that does not know how few they are would read all rows of all sets.
    await tx.execute('set local enable_seqscan = off');
    await tx.execute('set local enable_hashjoin = off');
    await tx.execute('set local enable_mergejoin = off');
    const [dropped] = await tx.query<{ sets: number }>(
      `with past as (
         delete from reservation_set where key in
           (select key from reservation_set where expires_at < now() - ${KEPT_FOR} order by expires_at limit ${SETS_AT_ONCE})
         returning key),
       rows as (delete from reservation v using past where v.set_key = past.key)
       select count(*)::int as sets from past`,
    );
    return dropped?.sets ?? 0;
  });
}
