import { type Database } from '@muster/core/database';
import { LeaseLost } from '@muster/pipeline/leaseLost';
import { nameOfDestination } from '@muster/pipeline/nameOfDestination';
import { resolveAdvice } from '@muster/pipeline/resolveAdvice';
import { type StepJob } from '@muster/pipeline/run';
import { type RunSettings } from '@muster/pipeline/runSettings';
import { type Lease, type StepError } from '@muster/pipeline/runs';
import { wantDecisions } from './decisionsOfRun.ts';
import { lockRun } from './lockRun.ts';
import { releaseReservations } from './releaseReservations.ts';
import { TELL_LOST } from './tellLost.ts';

interface End {
  status: 'failed' | 'canceled';
  error: StepError | null;
  /** What its story says instead of the error's message, which names a worker: log.txt goes to others. */
  storyMessage?: string;
}

/** Ends a run at the step that we hold, as `Runs.endRun` says. */
export function endRun(db: Database, lease: Lease, end: End): Promise<string | undefined> {
  return db.transaction(async (tx) => {
    const { refuseCanceled } = await lockRun(tx, lease.runId);
    const held = await tx.execute(
      `update run_step set status = $4, lease_until = null, finished_at = clock_timestamp(), message = $5
       where run_id = $1 and name = $2 and attempt = $3 and status = 'running'`,
      [lease.runId, lease.step, lease.attempt, end.status, end.error?.message ?? null],
    );
    if (held === 0) throw new LeaseLost(lease.runId, lease.step, lease.attempt);
    if (end.status === 'failed') refuseCanceled();
    return writeEnd(tx, lease, end);
  });
}

const CLOSE = `
  with was as (
    select * from run_step
    where run_id = $1 and name = $2 and status in ('pending', 'running')
      and (lease_until is null or lease_until < clock_timestamp())
    for update
  ), told as (${TELL_LOST}
  )
  update run_step step set status = $3, finished_at = clock_timestamp(), message = $4,
    crashes = step.crashes + (step.lease_until is not null)::int, lease_until = null
  from was where step.run_id = was.run_id and step.name = was.name`;

/**
 * Ends a run at a step of which nobody holds a live lease: a parked one, or one that was canceled. Ended already: nothing
 * happens. Gives whether it has ended by that, and the task that keeps what it has decided.
 */
export function closeRun(
  db: Database,
  job: StepJob,
  end: End,
): Promise<{ hasEnded: boolean; decisionsTask: string | undefined }> {
  return db.transaction(async (tx) => {
    await lockRun(tx, job.runId);
    const taken = await tx.execute(CLOSE, [job.runId, job.step, end.status, end.error?.message ?? null]);
    const hasEnded = taken > 0;
    return { hasEnded, decisionsTask: hasEnded ? await writeEnd(tx, job, end) : undefined };
  });
}

/** Ends a run without steps, as those of outside workers are. Whoever calls holds its row, and knows that it is under way. */
export async function closeOutsideRun(tx: Database, runId: string, end: End): Promise<void> {
  await writeEnd(tx, { runId, step: null }, end);
}

/** Ends a run wherever it stands, whatever its leases say. Whoever calls holds its row, and knows that nobody works on it. */
export async function closeLeftRun(tx: Database, runId: string, end: End): Promise<void> {
  const [left] = await tx.query<Pick<StepJob, 'step'>>(
    `update run_step set status = $2, lease_until = null, finished_at = clock_timestamp(), message = $3
     where run_id = $1
       and ordinal = (select min(ordinal) from run_step where run_id = $1 and status in ('pending', 'running'))
     returning name as step`,
    [runId, end.status, end.error?.message ?? null],
  );
  await writeEnd(tx, { runId, step: left?.step ?? null }, end);
}

type EndedAt = Omit<StepJob, 'step'> & { step: StepJob['step'] | null };

async function writeEnd(tx: Database, { runId, step }: EndedAt, end: End): Promise<string | undefined> {
  const { status, error, storyMessage } = end;
  const inDoubt = await settleDeliveries(tx, runId, status);
  if (!(await isHandedOver(tx, runId))) await releaseReservations(tx, runId);
  const told = inDoubt && error?.code !== 'deliveryUnknown' ? unknownDelivery(inDoubt) : error;
  await tx.execute(
    `update run set status = $2, error_step = $3, error_code = $4, error_message = $5, rung_at = null, not_before = null,
       finished_at = clock_timestamp(), updated_at = clock_timestamp()
     where id = $1`,
    [runId, status, told ? step : null, told?.code ?? null, told?.message ?? null],
  );
  await tx.execute(`update run_step set status = 'canceled' where run_id = $1 and status = 'pending'`, [runId]);
  await tx.execute('insert into run_event (run_id, step, event, details) values ($1, $2, $3, $4)', [
    runId,
    step,
    `run.${status}`,
    told && told === error && storyMessage !== undefined ? { ...told, message: storyMessage } : told,
  ]);
  return wantDecisions(tx, runId);
}

/** Whether a run's contacts may be with the dialer, those of an earlier file too: what it has reserved counts from then on. */
async function isHandedOver(tx: Database, runId: string): Promise<boolean> {
  const [row] = await tx.query<{ handed: boolean }>(
    `select exists (select from run where id = $1 and handed_over)
       or exists (select from delivery
         where run_id = $1 and file = 'contacts_output.csv' and state in ('delivered', 'unknown'))
       or exists (select from run_step step join run on run.id = step.run_id
         where run.id = $1 and step.name = 'export' and step.status = 'succeeded'
           and jsonb_typeof(run.settings -> 'sftp') is distinct from 'object') as handed`,
    [runId],
  );
  return row?.handed ?? false;
}

interface Doubt {
  runId: string;
  campaignId: string;
  file: string;
  remoteName: string;
  sftp: RunSettings['sftp'];
}

/** What was begun and is not decided stays in doubt; what was not yet renamed ends with the run. Gives what is in doubt. */
async function settleDeliveries(tx: Database, runId: string, status: End['status']): Promise<Doubt | undefined> {
  await tx.execute(
    `update delivery set state = $2, updated_at = clock_timestamp()
     where run_id = $1 and state in ('planned', 'uploading', 'uploaded')`,
    [runId, status],
  );
  await tx.execute(
    `update delivery set state = 'unknown', updated_at = clock_timestamp(), message = 'no answer to the rename'
     where run_id = $1 and state = 'renaming'`,
    [runId],
  );
  const [doubt] = await tx.query<Doubt>(
    `select run_id as "runId", campaign_id as "campaignId", file, remote_name as "remoteName", run.settings -> 'sftp' as sftp
     from delivery join run on run.id = run_id
     where run_id = $1 and state = 'unknown' order by file limit 1`,
    [runId],
  );
  return doubt;
}

function unknownDelivery(doubt: Doubt): StepError {
  const { remoteName, sftp } = doubt;
  const message =
    `whether ${remoteName} was delivered to ${nameOfDestination(sftp)}, cannot be known: no answer came to the rename. ` +
    resolveAdvice(doubt);
  return { code: 'deliveryUnknown', message };
}
