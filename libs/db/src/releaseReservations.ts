import { type Database } from '@muster/core/database';

/** Gives back what a run has reserved and will not hand over: other campaigns may use it. */
export async function releaseReservations(tx: Database, runId: string): Promise<void> {
  await tx.execute(
    `update reservation set released_at = clock_timestamp()
     where run_id = $1 and released_at is null and consumed_by is null`,
    [runId],
  );
}
