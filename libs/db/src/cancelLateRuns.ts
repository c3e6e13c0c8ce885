import { type Database } from '@muster/core/database';

const MOST_AT_ONCE = 500;

/**
 * Ends the scheduled runs whose first step no worker began by their company's cut-off: the run is `canceled`, its slot
 * `missed`. Gives the ids of those runs, and the companies that have a place free by it.
 */
export async function cancelLateRuns(db: Database): Promise<{ runIds: string[]; companyIds: string[] }> {
  return db.transaction(async (tx) => {
    const late = await cancelRuns(tx, await tx.now());
    const runIds = late.map(({ id }) => id);
    if (runIds.length > 0) await settle(tx, runIds);
    return { runIds, companyIds: [...new Set(late.map(({ companyId }) => companyId))] };
  });
}

// A worker that claims the run at this moment holds its row, or has made it `running` by the time that we get it.
async function cancelRuns(tx: Database, now: Date): Promise<{ id: string; companyId: string }[]> {
  return tx.query(
    `with late as (
       select run.id, company.catch_up_until from run
       join campaign_slot slot on slot.run_id = run.id
       join company on company.id = run.company_id
       where run.status = 'pending' and run.trigger = 'schedule' and run.started_at is null
         and (slot.due_date + catch_up_until::time) at time zone time_zone <= $1
         and not exists (select 1 from run_step where run_id = run.id and attempt > 0)
       order by run.id limit ${MOST_AT_ONCE} for update of run skip locked)
     update run set status = 'canceled', rung_at = null, not_before = null, finished_at = $1, updated_at = $1,
       error_code = 'notBegun', error_message = format('no worker was free to begin it by %s', catch_up_until)
     from late where run.id = late.id
     returning run.id, company_id as "companyId"`,
    [now],
  );
}

async function settle(tx: Database, runIds: string[]) {
  await tx.execute(`update run_step set status = 'canceled' where run_id = any($1) and status = 'pending'`, [runIds]);
  await tx.execute(`update campaign_slot set state = 'missed', reason = 'notBegun' where run_id = any($1)`, [runIds]);
  await tx.execute(
    `insert into run_event (run_id, event, details)
     select id, 'run.canceled', '{"reason": "notBegun"}' from unnest($1::text[]) as id`,
    [runIds],
  );
}
