import { type Database } from '@muster/core/database';

const KEPT_FOR = `interval '1 year'`; // for whoever asks what went wrong, and when
const AT_ONCE = 10_000;

/** Removes the alerts that were resolved a year ago, a bounded number at once; gives how many. Open ones stay for ever. */
export function dropPastAlerts(db: Database): Promise<number> {
  return db.execute(
    `delete from alert where id in
       (select id from alert where resolved_at < now() - ${KEPT_FOR} and webhook <> 'pending' limit ${AT_ONCE})`,
  );
}
