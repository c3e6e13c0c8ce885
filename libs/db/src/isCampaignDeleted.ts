import { type Database } from '@muster/core/database';

/** Whether a campaign, of which there are runs, was deleted: they can be seen still, and go on, but are not begun again. */
export async function isCampaignDeleted(db: Database, campaignId: string): Promise<boolean> {
  const deleted = await db.query('select from campaign where id = $1 and deleted_at is not null', [campaignId]);
  return deleted.length > 0;
}
