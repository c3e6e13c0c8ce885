import { type Database } from '@muster/core/database';
import { LeaseLost } from '@muster/pipeline/leaseLost';
import { type Ring } from '@muster/pipeline/run';
import { type Lease } from '@muster/pipeline/runs';
import { beginGeneration } from './beginGeneration.ts';
import { lockRun } from './lockRun.ts';
import { wantNextStep } from './wantNextStep.ts';

/** So often the contacts of a run are screened until they are handed over; a retry by hand begins anew. */
const MOST_SCREENINGS = 3;

/**
 * Sends a run whose verdicts are too old back to `filter`, as `Runs.screenAgain` says. What it has reserved stays so until
 * the new verdicts are there: meanwhile no other run may take it. The upload's failures are remembered: a server that is
 * away for long still ends the run in its time.
 */
export function screenAgain(db: Database, lease: Lease, checkedAt: Date): Promise<Ring | undefined> {
  return db.transaction(async (tx) => {
    const { refuseCanceled } = await lockRun(tx, lease.runId);
    await requireHeld(tx, lease);
    refuseCanceled();
    const [run] = await tx.query<{ generation: number }>(
      `update run set screened_again = screened_again + 1, updated_at = clock_timestamp(), not_before = null
       where id = $1 and screened_again < $2 - 1 returning generation + 1 as generation`,
      [lease.runId, MOST_SCREENINGS],
    );
    if (!run) return undefined;
    await beginGeneration(tx, lease.runId);
    const details = { checkedAt, generation: run.generation };
    await tx.execute(`insert into run_event (run_id, step, event, details) values ($1, $2, 'screening.expired', $3)`, [
      lease.runId,
      lease.step,
      details,
    ]);
    return wantNextStep(tx, lease.runId);
  });
}

async function requireHeld(tx: Database, { runId, step, attempt }: Lease) {
  const held = await tx.query(
    `select from run_step where run_id = $1 and name = $2 and attempt = $3 and status = 'running'`,
    [runId, step, attempt],
  );
  if (held.length === 0) throw new LeaseLost(runId, step, attempt);
}
