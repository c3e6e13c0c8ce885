import { type CalendarDate } from '@muster/core/calendarDate';
import { type Database } from '@muster/core/database';
import { type Schedule } from '@muster/core/dueSlots';
import { parsePeachyCrontab } from '@muster/core/peachyCrontab';

/** A campaign as scheduling sees it. */
export interface ScheduledCampaign {
  id: string;
  companyId: string;
  /** Undefined: started by hand only, or deleted. */
  schedule: Schedule | undefined;
  /** The date of the newest slot on record. */
  lastDueDate: CalendarDate | undefined;
  nextDueAt: Date | null;
}

interface Row {
  companyId: string;
  schedule: string | null;
  setAt: Date;
  nextDueAt: Date | null;
  timeZone: string;
  from: string;
  to: string;
  catchUpUntil: string;
  lastDueDate: CalendarDate | null;
}

/** Takes a campaign for the rest of the transaction; with `skipLocked` only when nobody else has it. Says whether it did. */
export async function lockCampaign(tx: Database, campaignId: string, { skipLocked = false } = {}): Promise<boolean> {
  // "no key": runs that refer to the campaign can be inserted meanwhile
  const lock = `for no key update${skipLocked ? ' skip locked' : ''}`;
  return (await tx.query(`select 1 from campaign where id = $1 ${lock}`, [campaignId])).length > 0;
}

/**
 * Reads a campaign's schedule. Lock the campaign before, in a statement of its own: one that waits for the lock has
 * looked at the company's settings before the wait.
 */
export async function readScheduledCampaign(tx: Database, campaignId: string): Promise<ScheduledCampaign | undefined> {
  const [row] = await tx.query<Row>(
    `select company_id as "companyId", case when deleted_at is null then schedule end as schedule,
       schedule_set_at as "setAt", next_due_at as "nextDueAt", time_zone as "timeZone", dispatch_from as "from",
       dispatch_to as "to", catch_up_until as "catchUpUntil",
       (select max(due_date)::text from campaign_slot where campaign_id = campaign.id) as "lastDueDate"
     from campaign join company on company.id = company_id where campaign.id = $1`,
    [campaignId],
  );
  return row && { ...scheduledCampaign(campaignId, row), companyId: row.companyId, nextDueAt: row.nextDueAt };
}

function scheduledCampaign(campaignId: string, row: Row) {
  const schedule: Schedule | undefined =
    row.schedule === null
      ? undefined
      : {
          campaignId,
          crontab: parsePeachyCrontab(row.schedule),
          window: { from: row.from, to: row.to },
          catchUpUntil: row.catchUpUntil,
          timeZone: row.timeZone,
          setAt: row.setAt,
        };
  return { id: campaignId, schedule, lastDueDate: row.lastDueDate ?? undefined };
}

/** Stores when to look at the campaign again. */
export async function setNextDueAt(tx: Database, campaign: ScheduledCampaign, nextDueAt: Date | undefined) {
  if (campaign.nextDueAt?.getTime() === nextDueAt?.getTime()) return;
  await tx.execute('update campaign set next_due_at = $2 where id = $1', [campaign.id, nextDueAt ?? null]);
}
