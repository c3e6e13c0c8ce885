import { type StepName } from '@muster/pipeline/run';
import { standsAt, waitingSince } from './places.ts';

/** What an open run waits for at the step at which it stands, where nobody works on that. Instants are texts of PostgreSQL. */
export interface WaitingView {
  step: StepName;
  /** A place among its company's runs; the time of its next try; or somebody who takes it. */
  for: 'place' | 'time' | 'worker';
  /** Until when, or since when. */
  at: string;
}

/** The column that holds it, of the run called `item`; null for runs that are over, or worked on, or an outside worker's. */
export const waitingColumn = `
  (select jsonb_build_object('step', step.name,
      'for', case when step.not_before > clock_timestamp() then 'time' when run.rung_at is null then 'place' else 'worker' end,
      'at', case when step.not_before > clock_timestamp() then step.not_before else ${waitingSince} end)
    from run, ${standsAt}
    where run.id = item.id and run.status in ('pending', 'running')
      and (step.lease_until is null or step.lease_until < clock_timestamp()))`;
