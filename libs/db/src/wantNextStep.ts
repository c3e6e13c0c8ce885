import { type Database } from '@muster/core/database';
import { type Ring, type StepName } from '@muster/pipeline/run';

/** Wants the first step of a run that has not succeeded, and gives the ring for it; undefined where all have. */
export async function wantNextStep(tx: Database, runId: string): Promise<Ring | undefined> {
  const [next] = await tx.query<{ name: StepName; ring: number }>(
    `update run_step set ring = ring + 1
     where run_id = $1 and ordinal = (select min(ordinal) from run_step where run_id = $1 and status <> 'succeeded')
     returning name, ring`,
    [runId],
  );
  return next && { runId, step: next.name, ring: next.ring };
}
