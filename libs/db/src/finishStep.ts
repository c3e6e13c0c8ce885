import { type Database } from '@muster/core/database';
import { PermanentFailure } from '@muster/core/errors';
import { LeaseLost } from '@muster/pipeline/leaseLost';
import { internalFiles, type Ring } from '@muster/pipeline/run';
import { RETRY_ADVICE } from '@muster/pipeline/retryAdvice';
import { type Lease, type NamedFile, type Progress, type StepSummary } from '@muster/pipeline/runs';
import { wantDecisions } from './decisionsOfRun.ts';
import { lockRun } from './lockRun.ts';
import { namesOfRun } from './namesOfRun.ts';

interface Checkpoint {
  summary: StepSummary;
  files: NamedFile[];
}

interface Finished {
  next: Ring | null;
  fault: string | null;
}

// One statement: each way there and back takes longer than what is done at its end.
const FINISH = `
  with held as (
    update run_step set status = 'succeeded', lease_until = null, finished_at = clock_timestamp(), not_before = null,
      rows_in = $4, rows_out = $5, message = $6, summary = $7
    where run_id = $1 and name = $2 and attempt = $3 and status = 'running'
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
  )
  update run set counts = counts || $10, screened = coalesce($11, screened), updated_at = clock_timestamp(),
    status = case when goes_on then status else 'succeeded' end,
    finished_at = case when not goes_on then clock_timestamp() end,
    rung_at = case when goes_on then rung_at end
  from (select run_id, exists (select from next) as goes_on from held) done
  where run.id = done.run_id
  returning funnel_fault(counts, $12) as fault, (select to_jsonb(next) from next) as next`;

/** Commits a step's checkpoint together with the request for the next step, or with the end of the run, if its counts add up. */
export function finishStep(db: Database, lease: Lease, checkpoint: Checkpoint): Promise<Progress> {
  return db.transaction(async (tx) => {
    const { refuseCanceled } = await lockRun(tx, lease.runId);
    const [finished] = await tx.query<Finished>(FINISH, parametersOf(lease, checkpoint));
    if (!finished) throw new LeaseLost(lease.runId, lease.step, lease.attempt);
    refuseCanceled();
    if (finished.fault) throw countsDiffer(finished.fault);
    const next = finished.next ?? undefined;
    return { next, decisionsTask: next ? undefined : await wantDecisions(tx, lease.runId) };
  });
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
