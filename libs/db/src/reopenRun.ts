import { stepNames } from '@muster/pipeline/run';
import { stepsFor } from '@muster/pipeline/campaignRun';
import { type RunSettings } from '@muster/pipeline/runSettings';
import { activeRunConflict } from './activeRunConflict.ts';
import { type LockedRun } from './lockWantedRun.ts';
import { type CompanyDatabase } from './openDatabase.ts';
import { putLogAway } from './putLogAway.ts';
import { violatedIndex } from './violatedIndex.ts';

export interface Reopening {
  settings: RunSettings;
  /** What to do where another run of the campaign is under way. */
  advice?: string;
}

/**
 * Lets an ended run go on at its first step that has not succeeded, with these settings: its steps are theirs, the finished
 * ones stay. Attempts and rings go on rising, so that what a worker of before still writes is refused, and no finished
 * job swallows a ring.
 * Throws Conflict `runActive` while another run of the campaign is under way.
 */
export async function reopenRun(tx: CompanyDatabase, run: LockedRun, reopening: Reopening): Promise<void> {
  await activate(tx, run, reopening);
  await putLogAway(tx, run.id);
  await resetSteps(tx, run.id, stepsFor(reopening.settings));
}

async function activate(tx: CompanyDatabase, { id, campaignId }: LockedRun, { settings, advice }: Reopening) {
  await tx.execute('savepoint reopening');
  try {
    await tx.execute(
      `update run set status = 'pending', settings = $2, error_step = null, error_code = null, error_message = null,
         finished_at = null, rung_at = null, not_before = null, cancel_asked_at = null, screened_again = 0,
         updated_at = clock_timestamp()
       where id = $1`,
      [id, settings],
    );
  } catch (error) {
    if (violatedIndex(error) !== 'run_active') throw error;
    await tx.execute('rollback to savepoint reopening');
    throw await activeRunConflict(tx, campaignId, advice);
  }
}

// Those that stay take over the highest ring: it is known still when a step that goes now comes back.
async function resetSteps(tx: CompanyDatabase, runId: string, wanted: string[]) {
  await tx.execute(
    `update run_step set status = 'pending', lease_until = null, crashes = 0, failures = 0, first_failed_at = null,
       gives_up_at = null, most_failures = null, not_before = null, started_at = null, finished_at = null, rows_in = null, rows_out = null, message = null,
       summary = null, ring = (select max(ring) from run_step where run_id = $1)
     where run_id = $1 and status <> 'succeeded'`,
    [runId],
  );
  await tx.execute(
    `with left_out as (
       delete from run_step where run_id = $1 and status <> 'succeeded' and name <> all ($2) returning attempt)
     update run set attempts_gone = greatest(attempts_gone, (select max(attempt) from left_out)) where id = $1`,
    [runId, wanted],
  );
  await tx.execute(
    `insert into run_step (run_id, name, ordinal, attempt, ring)
     select id, name, 0, attempts_gone, (select max(ring) from run_step where run_id = $1)
     from run, unnest($2::text[]) as name where id = $1
     on conflict (run_id, name) do nothing`,
    [runId, wanted],
  );
  await tx.execute('update run_step set ordinal = array_position($2::text[], name) where run_id = $1', [
    runId,
    stepNames,
  ]);
}
