import { advisoryLocks } from '@muster/core/advisoryLocks';
import { type Database } from '@muster/core/database';
import { type Ring } from '@muster/pipeline/run';
import { type Places } from '@muster/pipeline/runs';
import { namesOfRun } from './namesOfRun.ts';

export interface PlaceOptions {
  /** How many open runs of one company are worked on at a time; default 10. */
  placesPerCompany: number;
  /** Rings younger than this are on their way and left alone; default 2 s. */
  quietMs: number;
}

/** Which runs may be worked on: a company with ten thousand queued runs delays nobody else. */
export function places(db: Database, { placesPerCompany, quietMs }: PlaceOptions): Places {
  return {
    fill: (companyId) =>
      db.transaction(async (tx) => {
        await tx.query('select pg_advisory_xact_lock($1, hashtext($2))', [advisoryLocks.places, companyId]);
        return tx.query<Ring>(FILL, [companyId, placesPerCompany]);
      }),
    companiesWaiting: async () => (await db.query<{ id: string }>(WAITING, [placesPerCompany])).map(({ id }) => id),
    quietRings: () => db.query<Ring>(QUIET, [quietMs]),
    ringAgain: (rings) => db.query<Ring>(RING_AGAIN, [JSON.stringify(rings)]),
  };
}

// The choice is materialized: a planner that looks it up once per row would grant more than there are places.
const FILL = `
  with chosen as materialized (
    select id from run
    where company_id = $1 and status in ('pending', 'running') and rung_at is null and worker = 'own'
      and (not_before is null or not_before <= clock_timestamp())
    order by created_at, id
    limit greatest(0, $2 - (select count(*) from run
      where company_id = $1 and status in ('pending', 'running') and rung_at is not null))
  ), granted as (
    update run set rung_at = clock_timestamp(), not_before = null, updated_at = clock_timestamp()
    from chosen where run.id = chosen.id and run.rung_at is null and run.status in ('pending', 'running')
    returning run.id
  )
  update run_step set ring = ring + 1
  from granted
  where run_id = granted.id
    and ordinal = (select min(ordinal) from run_step s where s.run_id = granted.id and s.status <> 'succeeded')
  returning run_id as "runId", name as step, ring, ${namesOfRun}`;

// Not those whose places are all taken: a thousand of them would hide one that is to be filled.
const WAITING = `
  select company_id as id from run
  where status in ('pending', 'running')
  group by company_id
  having count(rung_at) < $1 and bool_or(rung_at is null and worker = 'own'
    and (not_before is null or not_before <= clock_timestamp()))
  limit 1000`;

// A run has a place, and nobody holds the step.
const IDLE = `run.status in ('pending', 'running') and run.rung_at is not null
    and (step.lease_until is null or step.lease_until < clock_timestamp())`;

/** SQL for the `step` at which an open run called `run` stands: looked up for each run, however many steps there are. */
export const standsAt = `lateral
  (select * from run_step where run_id = run.id and status <> 'succeeded' order by ordinal limit 1) as step`;

/** SQL for the moment from which that step, if nobody holds it, has waited for somebody to take it. */
export const waitingSince = 'greatest(run.updated_at, step.not_before, step.lease_until)';

/** SQL for that of all runs with a place whose time has come, the longest ago; null where none waits. */
export const longestWaiting = `
  select min(${waitingSince}) from run, ${standsAt}
  where ${IDLE} and (step.not_before is null or step.not_before <= clock_timestamp())`;

const QUIET = `
  select run.id as "runId", step.name as step, step.ring
  from run, ${standsAt}
  where ${IDLE}
    and run.updated_at < clock_timestamp() - $1 * interval '1 ms'
    and (step.not_before is null or step.not_before < clock_timestamp() - $1 * interval '1 ms')
  limit 10000`;

const RING_AGAIN = `
  update run_step step set ring = step.ring + 1
  from jsonb_to_recordset($1::jsonb) as lost ("runId" text, step text, ring int)
  join run on run.id = lost."runId"
  where step.run_id = run.id and step.name = lost.step and step.ring = lost.ring
    and ${IDLE} and step.status in ('pending', 'running')
    and (step.not_before is null or step.not_before <= clock_timestamp())
  returning step.run_id as "runId", step.name as step, step.ring,
    jsonb_build_object('campaignId', run.campaign_id, 'requestId', run.request_id) as names`;
