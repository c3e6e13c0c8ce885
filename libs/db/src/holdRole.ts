import { advisoryLocks } from '@muster/core/advisoryLocks';
import { type Database } from '@muster/core/database';

/** Things that one process at a time should do. The numbers are the advisory locks behind them. */
export const ROLES = { scheduleKeeper: advisoryLocks.scheduleKeeper } as const;

/**
 * Does `work` while no other process holds the role; gives false, without doing it, when another does. The role is a lock
 * of the transaction, so it ends with the process or its connection: long work calls `checkHeld` now and then, which throws
 * once the connection is lost.
 */
export function holdRole(
  db: Database,
  role: keyof typeof ROLES,
  work: (checkHeld: () => Promise<void>) => Promise<void>,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [got] = await tx.query<{ held: boolean }>('select pg_try_advisory_xact_lock($1) as held', [ROLES[role]]);
    if (!got?.held) return false;
    // Nothing is read or written in this transaction: it may stay open for days without keeping anything from VACUUM.
    await tx.execute('set local idle_in_transaction_session_timeout = 0');
    await work(async () => {
      await tx.query('select 1');
    });
    return true;
  });
}
