import { type Database } from '@muster/core/database';
import { cutOffAt } from '@muster/core/dueSlots';
import { isTimeZone } from '@muster/core/timeZone';

const MOST_AT_ONCE = 500;

/** What was ended, and whose cut-offs cannot be told. */
export interface LateRuns {
  runs: { id: string; campaignId: string }[];
  /** The companies that have a place free by it. */
  companyIds: string[];
  /** Companies whose zone nobody knows (written past the API): their runs are left alone. */
  unknownZones: { companyId: string; timeZone: string }[];
}

/**
 * Ends the scheduled runs whose first step no worker began by their company's cut-off: the run is `canceled`, its slot
 * `missed`.
 */
export async function cancelLateRuns(db: Database): Promise<LateRuns> {
  return db.transaction(async (tx) => {
    const now = await tx.now();
    const { past, unknownZones } = sortOut(await daysWaiting(tx), now);
    const late = past.length > 0 ? await cancelRuns(tx, past, now) : [];
    const runIds = late.map(({ id }) => id);
    if (runIds.length > 0) await settle(tx, runIds);
    const companyIds = [...new Set(late.map(({ companyId }) => companyId))];
    return { runs: late.map(({ id, campaignId }) => ({ id, campaignId })), companyIds, unknownZones };
  });
}

/** A day of a company for which runs wait to be begun. */
interface Day {
  companyId: string;
  timeZone: string;
  catchUpUntil: string;
  dueDate: string;
}

const WAITS = `run.status = 'pending' and run.trigger = 'schedule'`;
const NOT_BEGUN = `${WAITS} and run.started_at is null
  and not exists (select 1 from run_step where run_id = run.id and attempt > 0)`;

// Of all that wait, without looking at who began them, and at their steps: that comes once a day is past.
function daysWaiting(tx: Database): Promise<Day[]> {
  return tx.query(
    `select distinct company.id as "companyId", time_zone as "timeZone", catch_up_until as "catchUpUntil",
       slot.due_date::text as "dueDate"
     from run join campaign_slot slot on slot.run_id = run.id join company on company.id = run.company_id
     where ${WAITS}`,
  );
}

// Here and not in SQL: a zone that PostgreSQL does not have, though we do, would fail the statement for all companies.
function sortOut(days: Day[], now: Date) {
  const readable = days.filter(({ timeZone }) => isTimeZone(timeZone));
  const unknown = new Map(days.map(({ companyId, timeZone }) => [companyId, timeZone]));
  for (const { companyId } of readable) unknown.delete(companyId);
  return {
    past: readable.filter((day) => cutOffAt(day, day.dueDate) <= now),
    unknownZones: [...unknown].map(([companyId, timeZone]) => ({ companyId, timeZone })),
  };
}

interface LateRun {
  id: string;
  campaignId: string;
  companyId: string;
}

// A worker that claims the run at this moment holds its row, or has made it `running` by the time that we get it.
async function cancelRuns(tx: Database, past: Day[], now: Date): Promise<LateRun[]> {
  return tx.query(
    `with late as (
       select run.id, company.catch_up_until from run
       join campaign_slot slot on slot.run_id = run.id
       join company on company.id = run.company_id
       join unnest($2::text[], $3::date[]) as past (company_id, due_date)
         on past.company_id = run.company_id and past.due_date = slot.due_date
       where ${NOT_BEGUN}
       order by run.id limit ${MOST_AT_ONCE} for update of run skip locked)
     update run set status = 'canceled', rung_at = null, not_before = null, finished_at = $1, updated_at = $1,
       error_code = 'notBegun', error_message = format('no worker was free to begin it by %s', catch_up_until)
     from late where run.id = late.id
     returning run.id, campaign_id as "campaignId", company_id as "companyId"`,
    [now, past.map(({ companyId }) => companyId), past.map(({ dueDate }) => dueDate)],
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
