import { sixFieldPattern } from '@muster/core/dispatchTime';
import { InvalidInput } from '@muster/core/errors';
import { parsePeachyCrontab } from '@muster/core/peachyCrontab';
import { type CampaignRule } from '@muster/db/campaignRules';
import { type CampaignSchedule } from '@muster/queue/queues';

/** The schedule that the queue should have for a campaign; none without a crontab, or with one that cannot be read. */
export function campaignSchedule({
  campaignId,
  schedule,
  window,
  timeZone,
}: CampaignRule): CampaignSchedule | undefined {
  if (schedule === null) return undefined;
  try {
    const pattern = sixFieldPattern(parsePeachyCrontab(schedule), { campaignId, window, timeZone });
    return { campaignId, pattern, timeZone };
  } catch (error) {
    if (error instanceof InvalidInput) return undefined; // written past the API: the sweep reports it
    throw error;
  }
}

/** What must differ for a schedule to be put again: putting it unchanged would delete an occurrence that is overdue. */
export function fingerprintOf({ pattern, timeZone }: CampaignSchedule): string {
  return `${pattern} ${timeZone}`;
}
