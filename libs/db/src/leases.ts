import { type Database } from '@muster/core/database';
import { LeaseLost } from '@muster/pipeline/leaseLost';
import { type Ring } from '@muster/pipeline/run';
import { type Lease, type Postponement } from '@muster/pipeline/runs';
import { lockRun } from './lockRun.ts';
import { namesOfRun } from './namesOfRun.ts';

const HELD = `run_id = $1 and name = $2 and attempt = $3 and status = 'running'`;

/** The heartbeat, as `Runs.renew` says. Only here do clocks compare: the database's with itself. */
export async function renewLease(
  db: Database,
  lease: Lease,
  leaseMs: number,
): Promise<'held' | 'cancelAsked' | 'lost'> {
  const [row] = await db.query<{ cancel_asked: boolean }>(
    `update run_step set lease_until = clock_timestamp() + $4 * interval '1 ms' where ${HELD}
     returning (select cancel_asked_at is not null from run where id = $1) as cancel_asked`,
    [...keyOf(lease), leaseMs],
  );
  if (!row) return 'lost';
  return row.cancel_asked ? 'cancelAsked' : 'held';
}

// Since when it waits. The column would round it, and up to half a millisecond long it would not be due.
const MOMENT = `date_trunc('milliseconds', clock_timestamp())`;

/** Gives the step back, uncounted, and gives the ring for whoever takes it next. */
export async function releaseStep(db: Database, lease: Lease): Promise<Ring> {
  const [ring] = await db.query<Ring>(
    `update run_step set status = 'pending', lease_until = null, ring = ring + 1, not_before = ${MOMENT}
     where ${HELD} returning run_id as "runId", name as step, ring, ${namesOfRun}`,
    keyOf(lease),
  );
  if (!ring) throw lost(lease);
  return ring;
}

/** Puts a step off, as `Runs.postponeStep` says. */
export function postponeStep(
  db: Database,
  lease: Lease,
  { delayMs, error, giveUp, givePlaceBack }: Postponement,
): Promise<void> {
  return db.transaction(async (tx) => {
    const { refuseCanceled } = await lockRun(tx, lease.runId);
    const held = await tx.execute(
      `update run_step set status = 'pending', lease_until = null, message = coalesce($5, message),
         not_before = clock_timestamp() + $4 * interval '1 ms',
         failures = failures + ($5::text is not null)::int,
         first_failed_at = coalesce(first_failed_at, case when $5::text is not null then clock_timestamp() end),
         gives_up_at = coalesce(coalesce(first_failed_at, clock_timestamp()) + $6 * interval '1 ms', gives_up_at),
         most_failures = case when $6::float8 is null then most_failures else $7 end
       where ${HELD}`,
      [...keyOf(lease), delayMs, error?.message ?? null, giveUp?.afterMs ?? null, giveUp?.atFailure ?? null],
    );
    if (held === 0) throw lost(lease);
    refuseCanceled();
    await tx.execute(
      `update run set updated_at = clock_timestamp(),
         rung_at = case when $2 then null else rung_at end,
         not_before = case when $2 then clock_timestamp() + $3 * interval '1 ms' end
       where id = $1`,
      [lease.runId, givePlaceBack, delayMs],
    );
    if (!error) return;
    await tx.execute(`insert into run_event (run_id, step, event, details) values ($1, $2, 'step.failed', $3)`, [
      lease.runId,
      lease.step,
      { ...error, retryAfterMs: delayMs },
    ]);
  });
}

/** A survivor was taken for dead: the crash that its successor counted was none. */
export async function takeCrashBack(db: Database, { runId, step, attempt }: Lease): Promise<void> {
  await db.execute(
    'update run_step set crashes = greatest(crashes - 1, 0) where run_id = $1 and name = $2 and attempt > $3',
    [runId, step, attempt],
  );
}

function keyOf({ runId, step, attempt }: Lease) {
  return [runId, step, attempt];
}

function lost({ runId, step, attempt }: Lease) {
  return new LeaseLost(runId, step, attempt);
}
