import { type Database } from '@muster/core/database';
import { type Ring } from '@muster/pipeline/run';
import { namesOfRun } from './namesOfRun.ts';

/** Wants the first step of a run that has not succeeded, and gives the ring for it; undefined where all have. */
export async function wantNextStep(tx: Database, runId: string): Promise<Ring | undefined> {
  const [next] = await tx.query<Ring>(
    `update run_step set ring = ring + 1
     where run_id = $1 and ordinal = (select min(ordinal) from run_step where run_id = $1 and status <> 'succeeded')
     returning run_id as "runId", name as step, ring, ${namesOfRun}`,
    [runId],
  );
  return next;
}
