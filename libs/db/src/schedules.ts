import { type CalendarDate } from '@muster/core/calendarDate';
import { type Database } from '@muster/core/database';
import { type Schedule } from '@muster/core/dueSlots';
import { parsePeachyCrontab, type PeachyCrontab } from '@muster/core/peachyCrontab';

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
  id: string;
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

/** Takes campaigns for the rest of the transaction, always in one order: two changes at once cannot wait for each other. */
export async function lockCampaigns(tx: Database, campaignIds: readonly string[]): Promise<void> {
  await tx.execute('select 1 from campaign where id = any ($1::text[]) order by id for no key update', [campaignIds]);
}

/**
 * Reads a campaign's schedule. Lock the campaign before, in a statement of its own: one that waits for the lock has
 * looked at the company's settings before the wait.
 */
export async function readScheduledCampaign(tx: Database, campaignId: string): Promise<ScheduledCampaign | undefined> {
  const [campaign] = await readScheduledCampaigns(tx, [campaignId]);
  return campaign;
}

/** The same of many, in no order. */
export async function readScheduledCampaigns(
  tx: Database,
  campaignIds: readonly string[],
): Promise<ScheduledCampaign[]> {
  const rows = await tx.query<Row>(
    `select campaign.id, company_id as "companyId", case when deleted_at is null then schedule end as schedule,
       schedule_set_at as "setAt", next_due_at as "nextDueAt", time_zone as "timeZone", dispatch_from as "from",
       dispatch_to as "to", catch_up_until as "catchUpUntil",
       (select max(due_date)::text from campaign_slot where campaign_id = campaign.id) as "lastDueDate"
     from campaign join company on company.id = company_id where campaign.id = any ($1::text[])`,
    [campaignIds],
  );
  const crontabs = new Map<string, PeachyCrontab>(); // of many campaigns, most have one of a few
  return rows.map((row) => ({
    id: row.id,
    companyId: row.companyId,
    schedule: row.schedule === null ? undefined : scheduleOf(row, crontabOf(row.schedule, crontabs)),
    lastDueDate: row.lastDueDate ?? undefined,
    nextDueAt: row.nextDueAt,
  }));
}

function crontabOf(text: string, known: Map<string, PeachyCrontab>): PeachyCrontab {
  const crontab = known.get(text) ?? parsePeachyCrontab(text);
  known.set(text, crontab);
  return crontab;
}

function scheduleOf({ id, from, to, catchUpUntil, timeZone, setAt }: Row, crontab: PeachyCrontab): Schedule {
  return { campaignId: id, crontab, window: { from, to }, catchUpUntil, timeZone, setAt };
}

/** Stores when to look at the campaign again. */
export async function setNextDueAt(tx: Database, campaign: ScheduledCampaign, nextDueAt: Date | undefined) {
  if (campaign.nextDueAt?.getTime() === nextDueAt?.getTime()) return;
  await tx.execute('update campaign set next_due_at = $2 where id = $1', [campaign.id, nextDueAt ?? null]);
}
