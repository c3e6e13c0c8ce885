import { type Database } from '@muster/core/database';

/**
 * Gives back what a run has reserved and will not hand over: other campaigns may use it. What an attempt has consumed goes
 * along, so that it does not come back when that attempt is taken back.
 */
export async function releaseReservations(tx: Database, runId: string): Promise<void> {
  await tx.execute(
    'update reservation_set set released_at = clock_timestamp() where run_id = $1 and released_at is null',
    [runId],
  );
}
