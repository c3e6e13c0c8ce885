import { CancelAsked } from '@muster/pipeline/cancelAsked';
import { LeaseLost } from '@muster/pipeline/leaseLost';
import { type Lease } from '@muster/pipeline/runs';

/**
 * SQL of two tables for a write of the attempt ($1, $2, $3) that a cancel stops, so that it takes one statement: `wanted` is
 * the run's row, locked first, as everywhere, with whether it was `canceled` and what else is `told` of it; `holder` is the
 * step's row, and there is none unless the attempt is the current one. Both are as they are once the locks are held; of any
 * other table the statement may see what was before.
 */
export const heldStep = (told = '') => `
  wanted as materialized (
    select id, cancel_asked_at is not null as canceled${told} from run where id = $1 for update
  ), holder as materialized (
    select wanted.* from run_step step join wanted on step.run_id = wanted.id
    where step.name = $2 and step.attempt = $3 and step.status = 'running'
    for update of step
  )`;

/** The attempt is the current one, and no cancel stops it: else throws LeaseLost or CancelAsked. */
export function expectHeld<Told extends { canceled: boolean }>(lease: Lease, [told]: readonly Told[]): Told {
  if (!told) throw new LeaseLost(lease.runId, lease.step, lease.attempt);
  if (told.canceled) throw new CancelAsked(lease.runId);
  return told;
}
