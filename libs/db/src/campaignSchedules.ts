import { type CalendarDate } from '@muster/core/calendarDate';
import { type Schedule } from '@muster/core/dueSlots';
import { NotFound } from '@muster/core/errors';
import { type CompanyDatabase } from './openDatabase.ts';
import { readScheduledCampaign } from './schedules.ts';

/** A campaign's schedule, and what of its company it is read by. */
export interface CampaignSchedule {
  campaignId: string;
  /** As it was set; null: by hand only. */
  crontab: string | null;
  timeZone: string;
  window: { from: string; to: string };
  schedule: Schedule | undefined;
  /** The date of the newest slot on record: it does not come again. */
  lastDueDate: CalendarDate | undefined;
}

/** Reads a campaign's schedule. Throws NotFound `campaignNotFound`. */
export async function readCampaignSchedule(db: CompanyDatabase, campaignId: string): Promise<CampaignSchedule> {
  return db.transaction(async (tx) => {
    const [row] = await tx.query<Pick<CampaignSchedule, 'crontab' | 'timeZone' | 'window'>>(
      `select schedule as crontab, time_zone as "timeZone",
         jsonb_build_object('from', dispatch_from, 'to', dispatch_to) as window
       from campaign join company on company.id = company_id
       where company_id = $1 and campaign.id = $2 for share of campaign`,
      [tx.companyId, campaignId],
    );
    if (!row) throw new NotFound('campaignNotFound', `there is no campaign ${campaignId}`);
    const scheduled = await readScheduledCampaign(tx, campaignId);
    return { campaignId, ...row, schedule: scheduled?.schedule, lastDueDate: scheduled?.lastDueDate };
  });
}
