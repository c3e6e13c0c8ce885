import { type Database } from '@muster/core/database';

const KEPT_FOR = `interval '7 days'`; // nothing counts them any more: for whoever looks into what has happened
const SETS_AT_ONCE = 100;

/** Removes what runs have reserved that ended by itself a week ago, a bounded number of runs at once; gives how many. */
export async function dropPastReservations(db: Database): Promise<number> {
  const [dropped] = await db.query<{ sets: number }>(
    `with past as (
       delete from reservation_set where key in
         (select key from reservation_set where expires_at < now() - ${KEPT_FOR} order by expires_at limit ${SETS_AT_ONCE})
       returning key),
     rows as (delete from reservation v using past where v.set_key = past.key)
     select count(*)::int as sets from past`,
  );
  return dropped?.sets ?? 0;
}
