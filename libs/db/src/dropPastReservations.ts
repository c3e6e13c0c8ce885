import { type Database } from '@muster/core/database';

const KEPT_FOR = `interval '7 days'`; // nothing counts them any more: for whoever looks into what has happened

/** Removes the reservations that ended by themselves a week ago, a bounded number at once; gives how many. */
export function dropPastReservations(db: Database): Promise<number> {
  return db.execute(
    `delete from reservation where ctid in
       (select ctid from reservation where expires_at < now() - ${KEPT_FOR} limit 100000)`,
  );
}
