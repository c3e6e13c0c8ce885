import { type Database } from '@muster/core/database';

const AT_ONCE = 1_000;
const POSTS_AT_ONCE = 100; // each has told of up to a hundred texts

/**
 * Lets go of the words of texts that ended longer ago than their company keeps them, and of the posts that have told of any, a
 * bounded number of each at once; gives how many. What remains says that there was a text, of whom and when, and what it was charged.
 */
export async function forgetTexts(db: Database): Promise<number> {
  const received = await forget(db, { table: 'sms_message', words: 'received_text', ended: 'processed_at' });
  const sent = await forget(db, {
    table: 'sms_text',
    words: 'text',
    ended: 'settled_at',
    also: ', asked_digest = null',
  });
  return received + sent + (await forgetPosts(db));
}

interface Forgotten {
  table: string;
  words: string;
  ended: string;
  /** What else is let go of with the words. */
  also?: string;
}

function forget(db: Database, { table, words, ended, also = '' }: Forgotten) {
  const past = pastOf({ table, ended, limit: AT_ONCE, where: `${words} <> ''` });
  return db.execute(`update ${table} set ${words} = ''${also} where guid = any (array(${past}))`);
}

function forgetPosts(db: Database) {
  const past = pastOf({ table: 'sms_post', ended: 'settled_at', limit: POSTS_AT_ONCE });
  return db.execute(
    `with past as materialized (${past}),
       told as (update sms_message set post_guid = null where post_guid = any (array(select guid from past)))
     delete from sms_post where guid = any (array(select guid from past))`,
  );
}

interface Past {
  table: string;
  ended: string;
  limit: number;
  where?: string;
}

/** What ended longer ago than its company keeps texts, of each company the oldest first. */
function pastOf({ table, ended, limit, where = 'true' }: Past) {
  return `select past.guid from company cross join lateral (
      select guid from ${table} item
      where item.company_id = company.id and ${where} and ${ended} is not null
        and ${ended} < now() - coalesce((company.retention_days ->> 'texts')::int, 365) * interval '1 day'
      order by ${ended} limit ${limit}
    ) past limit ${limit}`;
}
