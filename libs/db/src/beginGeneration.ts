import { type Database } from '@muster/core/database';

/**
 * Sends a run back to `filter` as a new generation: verdicts are made anew, and what was made of the old ones is shown no
 * more. The query's result goes along. Steps that had succeeded begin anew, the one that had not remembers its failures.
 * What was reserved is given back where the new verdicts drop it. Whoever calls holds the run's row.
 */
export async function beginGeneration(tx: Database, runId: string): Promise<void> {
  await tx.execute(
    `update run set generation = generation + 1, screened = null,
       counts = case when counts ? 'queried' then jsonb_build_object('queried', counts -> 'queried') else '{}' end
     where id = $1`,
    [runId],
  );
  await tx.execute(
    `update file set generation = run.generation from run
     where run.id = $1 and file.run_id = run.id and file.name = 'query_results.csv'`,
    [runId],
  );
  await tx.execute(
    `update run_step set status = 'pending', lease_until = null, finished_at = null, rows_in = null, rows_out = null,
       summary = null,
       message = case when status <> 'succeeded' then message end,
       started_at = case when status <> 'succeeded' then started_at end,
       failures = case when status = 'succeeded' then 0 else failures end,
       first_failed_at = case when status <> 'succeeded' then first_failed_at end,
       gives_up_at = case when status <> 'succeeded' then gives_up_at end,
       most_failures = case when status <> 'succeeded' then most_failures end
     where run_id = $1 and ordinal >= (select ordinal from run_step where run_id = $1 and name = 'filter')`,
    [runId],
  );
  await tx.execute(
    `update delivery set state = 'superseded', updated_at = clock_timestamp()
     where run_id = $1 and state in ('planned', 'uploading', 'uploaded')`,
    [runId],
  );
}
