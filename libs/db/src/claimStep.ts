import { type Database } from '@muster/core/database';
import { NotReady } from '@muster/core/errors';
import { CRASHES_BEFORE_ISOLATION } from '@muster/pipeline/crashLimits';
import { RETRY_ADVICE } from '@muster/pipeline/retryAdvice';
import { type Run, type StepJob } from '@muster/pipeline/run';
import { type Claim, type NotTaken } from '@muster/pipeline/runs';
import { closeRun } from './endRun.ts';
import { TELL_LOST } from './tellLost.ts';

interface ClaimOptions {
  isolated: boolean;
  leaseMs: number;
  /** Who takes it. */
  holder: string | undefined;
}

interface ClaimedRow {
  attempt: number;
  failures: number;
  lost: Claim['lost'];
  failing_for_ms: string;
  company_id: string;
  campaign_id: string;
  generation: number;
  request_id: string | null;
  started_at: Date;
  settings: Run['settings'];
  cancel_asked: boolean;
}

// The run's row is locked first, as everywhere: who ends or cancels a run and who takes a step of it never deadlock.
const CLAIM = `
  with open_run as (
    select id, cancel_asked_at from run where id = $1 and status in ('pending', 'running')
      and (cancel_asked_at is null
        or exists (select from delivery where run_id = $1 and state in ('uploading', 'uploaded')))
    for update
  ), was as (
    select step.* from run_step step join open_run on step.run_id = open_run.id
    where step.name = $2
      and step.status in ('pending', 'running')
      and (step.lease_until is null or step.lease_until < clock_timestamp())
      and (step.not_before is null or step.not_before <= clock_timestamp())
      and step.crashes + (step.lease_until is not null)::int < $4
      and not exists (select from run_step earlier
        where earlier.run_id = step.run_id and earlier.ordinal < step.ordinal and earlier.status <> 'succeeded')
    for update of step
  ), told as (${TELL_LOST}
    returning number
  ), step as (
    update run_step step set
      attempt = step.attempt + 1,
      status = 'running',
      lease_until = clock_timestamp() + $3 * interval '1 ms',
      held_by = $5,
      crashes = step.crashes + (step.lease_until is not null)::int,
      started_at = coalesce(step.started_at, clock_timestamp()),
      not_before = null
    from was where step.run_id = was.run_id and step.name = was.name
    returning step.*,
      case when was.lease_until is not null then jsonb_build_object('attempt', was.attempt, 'heldBy', was.held_by) end as lost
  ), began as (
    insert into run_event (run_id, step, event, details)
    select open_run.id, step.name, 'step.started', jsonb_build_object('attempt', step.attempt)
    from step, open_run, (select count(*) from told) before
    where open_run.cancel_asked_at is null
  )
  update run set
    status = 'running',
    started_at = coalesce(run.started_at, clock_timestamp()),
    updated_at = clock_timestamp()
  from step where run.id = step.run_id
  returning step.attempt, step.failures, step.lost,
    coalesce(extract(epoch from clock_timestamp() - step.first_failed_at) * 1000, 0)::bigint as failing_for_ms,
    run.company_id, run.campaign_id, run.generation, run.request_id, run.started_at, run.settings,
    run.cancel_asked_at is not null as cancel_asked`;

/** Takes a step, as `Runs.claim` says. */
export async function claimStep(
  db: Database,
  job: StepJob,
  options: ClaimOptions,
): Promise<Claim | NotTaken | undefined> {
  const crashLimit = CRASHES_BEFORE_ISOLATION + (options.isolated ? 1 : 0);
  const { leaseMs, holder = null } = options;
  const [row] = await db.query<ClaimedRow>(CLAIM, [job.runId, job.step, leaseMs, crashLimit, holder]);
  return row ? claimOf(job, row) : explainRefusal(db, job);
}

function claimOf({ runId, step }: StepJob, row: ClaimedRow): Claim {
  return {
    runId,
    step,
    attempt: row.attempt,
    failures: row.failures,
    lost: row.lost,
    failingForMs: Number(row.failing_for_ms),
    cancelAsked: row.cancel_asked,
    run: {
      id: runId,
      companyId: row.company_id,
      campaignId: row.campaign_id,
      generation: row.generation,
      requestId: row.request_id,
      startedAt: row.started_at,
      settings: row.settings,
    },
  };
}

interface Refused {
  crashes: number;
  lost: NotTaken['lost'];
  wait_ms: string | null;
  cancel_asked: boolean;
  run: NotTaken['run'];
}

const REFUSED = `
  select
    step.crashes + (step.lease_until is not null)::int as crashes,
    case when step.lease_until is not null then jsonb_build_object('attempt', step.attempt, 'heldBy', step.held_by) end as lost,
    jsonb_build_object('campaignId', run.campaign_id, 'requestId', run.request_id) as run,
    ceil(extract(epoch from greatest(step.lease_until, step.not_before) - clock_timestamp()) * 1000)::bigint as wait_ms,
    run.cancel_asked_at is not null as cancel_asked
  from run_step step join run on run.id = step.run_id
  where step.run_id = $1 and step.name = $2
    and run.status in ('pending', 'running') and step.status in ('pending', 'running')
    and not exists (select from run_step earlier
      where earlier.run_id = step.run_id and earlier.ordinal < step.ordinal and earlier.status <> 'succeeded')`;

/** Why there was nothing to claim: done; another holds it or its time has not come; too many crashes; canceled. */
async function explainRefusal(db: Database, job: StepJob): Promise<NotTaken | undefined> {
  const [step] = await db.query<Refused>(REFUSED, [job.runId, job.step]);
  if (!step) return undefined;
  const waitMs = Number(step.wait_ms ?? 0);
  if (waitMs > 0)
    throw new NotReady(waitMs, `${job.step} of run ${job.runId} is held by another worker, or not due yet`);
  if (step.cancel_asked) return cancel(db, job, step);
  else if (step.crashes > CRASHES_BEFORE_ISOLATION) return park(db, job, step);
  else if (step.crashes === CRASHES_BEFORE_ISOLATION) return { because: 'isolate', run: step.run, lost: step.lost };
  else throw new NotReady(100, `${job.step} of run ${job.runId} was taken by another worker`); // between the two statements
}

async function park(db: Database, job: StepJob, { crashes, run, lost }: Refused): Promise<NotTaken | undefined> {
  const messageNaming = (holder: string) =>
    `${job.step} killed its worker ${crashes} times, the last time in a process of its own${holder}: look at the ` +
    `worker's log, then ${RETRY_ADVICE}`;
  const error = { code: 'parked', message: messageNaming(lost?.heldBy ? ` (${lost.heldBy})` : '') };
  const { hasEnded } = await closeRun(db, job, { status: 'failed', error, storyMessage: messageNaming('') });
  return hasEnded ? { because: 'parked', run, lost } : undefined; // somebody else was first, and tells of it
}

async function cancel(db: Database, job: StepJob, { run, lost }: Refused): Promise<NotTaken | undefined> {
  const { hasEnded } = await closeRun(db, job, { status: 'canceled', error: null });
  return hasEnded ? { because: 'canceled', run, lost } : undefined;
}
