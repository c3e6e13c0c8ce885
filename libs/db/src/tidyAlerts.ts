import { type Database } from '@muster/core/database';

const KEPT_FOR = `interval '1 year'`; // for whoever asks what went wrong, and when
const AT_ONCE = 10_000;

/**
 * Removes the alerts that were resolved a year ago, a bounded number at once; gives how many. Closes those of campaigns that
 * were deleted before their last run ended: nobody could do anything about them, but for a delivery in doubt.
 */
export async function tidyAlerts(db: Database): Promise<number> {
  await db.execute(
    `update alert set resolved_at = clock_timestamp() from campaign
     where campaign.id = alert.campaign_id and campaign.deleted_at is not null
       and alert.resolved_at is null and alert.kind <> 'delivery.unknown'`,
  );
  return db.execute(
    `delete from alert where id in
       (select id from alert where resolved_at < now() - ${KEPT_FOR} and webhook <> 'pending' limit ${AT_ONCE})`,
  );
}
