import { type Database } from '@muster/core/database';

/** A shortcode, and a company that it is given to. */
export interface GivenChannel {
  channel: string;
  companyId: string;
}

/**
 * Gives a shortcode to a company, beside those that have it: from then on nobody else takes keywords on it. The keywords that others
 * have on it are ended, but for those with subscriptions that run: gives how many were, and how many stay.
 */
export async function giveChannel(db: Database, { channel, companyId }: GivenChannel) {
  return db.transaction(async (tx) => {
    await tx.query('lock table sms_keyword in share row exclusive mode'); // one that is being taken is seen, or sees this
    await tx.execute('insert into sms_channel (channel, company_id) values ($1, $2) on conflict do nothing', [
      channel,
      companyId,
    ]);
    const others = `channel = $1 and active
      and company_id not in (select company_id from sms_channel where sms_channel.channel = $1)`;
    const ended = await tx.execute(
      `update sms_keyword keyword set active = false where ${others} and not exists (
         select from sms_subscription where keyword_guid = keyword.guid and state in ('Pending', 'Active', 'OnHold'))`,
      [channel],
    );
    const left = await tx.query(`select from sms_keyword where ${others}`, [channel]);
    return { keywordsEnded: ended, keywordsLeft: left.length };
  });
}

/** Takes a shortcode back from a company; once nobody has it, it is shared by all. Gives whether the company had it. */
export async function takeChannel(db: Database, { channel, companyId }: GivenChannel): Promise<boolean> {
  const taken = 'delete from sms_channel where channel = $1 and company_id = $2';
  return (await db.execute(taken, [channel, companyId])) > 0;
}

/** All shortcodes that are given to somebody. */
export function listChannels(db: Database): Promise<GivenChannel[]> {
  return db.query<GivenChannel>(
    'select channel, company_id as "companyId" from sms_channel order by channel, company_id',
  );
}
