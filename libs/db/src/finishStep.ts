import { type Database } from '@muster/core/database';
import { PermanentFailure } from '@muster/core/errors';
import { LeaseLost } from '@muster/pipeline/leaseLost';
import { internalFiles } from '@muster/pipeline/run';
import { RETRY_ADVICE } from '@muster/pipeline/retryAdvice';
import { type Lease, type NamedFile, type Progress, type StepSummary } from '@muster/pipeline/runs';
import { wantDecisions } from './decisionsOfRun.ts';
import { lockRun } from './lockRun.ts';
import { wantNextStep } from './wantNextStep.ts';

interface Checkpoint {
  summary: StepSummary;
  files: NamedFile[];
}

/** Commits a step's checkpoint together with the request for the next step, or with the end of the run, if its counts add up. */
export function finishStep(db: Database, lease: Lease, checkpoint: Checkpoint): Promise<Progress> {
  return db.transaction(async (tx) => {
    const { refuseCanceled } = await lockRun(tx, lease.runId);
    await writeCheckpoint(tx, lease, checkpoint.summary);
    refuseCanceled();
    await addFiles(tx, lease.runId, checkpoint.files);
    const next = await wantNextStep(tx, lease.runId);
    await updateRun(tx, lease, { summary: checkpoint.summary, isOver: !next });
    return { next, decisionsTask: next ? undefined : await wantDecisions(tx, lease.runId) };
  });
}

async function writeCheckpoint(tx: Database, { runId, step, attempt }: Lease, summary: StepSummary) {
  const held = await tx.execute(
    `update run_step set status = 'succeeded', lease_until = null, finished_at = clock_timestamp(), not_before = null,
       rows_in = $4, rows_out = $5, message = $6, summary = $7
     where run_id = $1 and name = $2 and attempt = $3 and status = 'running'`,
    [
      runId,
      step,
      attempt,
      summary.rowsIn ?? null,
      summary.rowsOut ?? null,
      summary.message ?? null,
      summary.notes ?? null,
    ],
  );
  if (held === 0) throw new LeaseLost(runId, step, attempt);
  const { rowsIn, rowsOut, message } = summary;
  await tx.execute(`insert into run_event (run_id, step, event, details) values ($1, $2, 'step.finished', $3)`, [
    runId,
    step,
    { rowsIn, rowsOut, message },
  ]);
}

async function addFiles(tx: Database, runId: string, files: NamedFile[]) {
  if (files.length === 0) return;
  await tx.execute(
    `insert into file (company_id, run_id, generation, name, key, size_bytes, sha256, internal)
     select run.company_id, run.id, run.generation, f.name, f.key, f."sizeBytes", f.sha256, f.name = any($3)
     from run, jsonb_to_recordset($2::jsonb) as f (name text, key text, "sizeBytes" bigint, sha256 text)
     where run.id = $1`,
    [runId, JSON.stringify(files), internalFiles],
  );
}

async function updateRun(
  tx: Database,
  { runId }: Lease,
  { summary, isOver }: { summary: StepSummary; isOver: boolean },
) {
  const [run] = await tx.query<{ fault: string | null }>(
    `update run set counts = counts || $2, screened = coalesce($3, screened), updated_at = clock_timestamp(),
       status = case when $4 then 'succeeded' else status end,
       finished_at = case when $4 then clock_timestamp() end,
       rung_at = case when $4 then null else rung_at end
     where id = $1
     returning funnel_fault(counts, $5) as fault`,
    [runId, summary.counts ?? {}, summary.screened ?? null, isOver, summary.fileRows ?? {}],
  );
  if (run?.fault) throw countsDiffer(run.fault);
}

function countsDiffer(fault: string) {
  const say = `the counts do not add up, so nothing is handed on: ${fault}. Report this, and ${RETRY_ADVICE}`;
  return new PermanentFailure('countsDiffer', say);
}
