import { type Database } from '@muster/core/database';
import { PermanentFailure } from '@muster/core/errors';
import { internalFiles, type Ring } from '@muster/pipeline/run';
import { RETRY_ADVICE } from '@muster/pipeline/retryAdvice';
import { type Lease, type NamedFile, type Progress, type StepSummary } from '@muster/pipeline/runs';
import { insertDecisionsTask } from './decisionsOfRun.ts';
import { expectHeld, heldStep } from './heldStep.ts';
import { namesOfRun } from './namesOfRun.ts';

interface Checkpoint {
  summary: StepSummary;
  files: NamedFile[];
}

interface Finished {
  canceled: boolean;
  fault: string | null;
  next: Ring | null;
  task: string | null;
}

// One statement: each way there and back takes longer than what is done at its end.
const FINISH = `
  with ${heldStep(`, funnel_fault(counts || $10, $12) as fault`)}, held as (
    update run_step set status = 'succeeded', lease_until = null, finished_at = clock_timestamp(), not_before = null,
      rows_in = $4, rows_out = $5, message = $6, summary = $7
    from holder
    where run_step.run_id = holder.id and name = $2 and not holder.canceled and holder.fault is null
    returning run_id
  ), told as (
    insert into run_event (run_id, step, event, details)
    select run_id, $2, 'step.finished', jsonb_strip_nulls(jsonb_build_object('rowsIn', $4::bigint, 'rowsOut', $5::bigint, 'message', $6::text))
    from held
  ), kept as (
    insert into file (company_id, run_id, generation, name, key, size_bytes, sha256, internal)
    select run.company_id, run.id, run.generation, f.name, f.key, f."sizeBytes", f.sha256, f.name = any($9)
    from held join run on run.id = held.run_id,
      jsonb_to_recordset($8::jsonb) as f (name text, key text, "sizeBytes" bigint, sha256 text)
  ), next as (
    update run_step set ring = ring + 1 from held
    where run_step.run_id = held.run_id and ordinal =
      (select min(ordinal) from run_step left_over where run_id = $1 and name <> $2 and status <> 'succeeded')
    returning run_step.run_id as "runId", name as step, ring, ${namesOfRun}
  ), done as (
    update run set counts = counts || $10, screened = coalesce($11, screened), updated_at = clock_timestamp(),
      status = case when goes_on then status else 'succeeded' end,
      finished_at = case when not goes_on then clock_timestamp() end,
      rung_at = case when goes_on then rung_at end
    from (select run_id, exists (select from next) as goes_on from held) finished
    where run.id = finished.run_id
    returning run.id, goes_on
  ), decided as (${insertDecisionsTask('(select id from done where not goes_on)')})
  select canceled, fault, (select to_jsonb(next) from next) as next, (select id from decided) as task from holder`;

/** Commits a step's checkpoint together with the request for the next step, or with the end of the run, if its counts add up. */
export async function finishStep(db: Database, lease: Lease, checkpoint: Checkpoint): Promise<Progress> {
  const { fault, next, task } = expectHeld(lease, await db.query<Finished>(FINISH, parametersOf(lease, checkpoint)));
  if (fault) throw countsDiffer(fault);
  return { next: next ?? undefined, decisionsTask: task ?? undefined };
}

function parametersOf({ runId, step, attempt }: Lease, { summary, files }: Checkpoint) {
  const { rowsIn = null, rowsOut = null, message = null, notes = null } = summary;
  const { counts = {}, screened = null, fileRows = {} } = summary;
  const told = [rowsIn, rowsOut, message, notes];
  return [runId, step, attempt, ...told, JSON.stringify(files), internalFiles, counts, screened, fileRows];
}

function countsDiffer(fault: string) {
  const say = `the counts do not add up, so nothing is handed on: ${fault}. Report this, and ${RETRY_ADVICE}`;
  return new PermanentFailure('countsDiffer', say);
}
