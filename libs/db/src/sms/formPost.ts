import { type Database } from '@muster/core/database';

const MOST_TEXTS = 100;
const MOST_BYTES = 262_144;
/** So long what came later waits for a post that was not taken: for its first try and, 10 s after that has failed, its second. */
const IN_ORDER_S = 30;

/**
 * Puts what is to be told of texts that came in, of the company that has waited longest, into a post: the first ones, up to a
 * number of texts and of bytes, as stored. In the caller's transaction, of which there must be one at a time. While a company's
 * last post is neither delivered nor some time old, none follows: so posts come in order as far as a receiver takes them, and one
 * that takes none is not given one for each text.
 */
export async function formPost(tx: Database, now: Date): Promise<void> {
  await tx.execute(
    `with who as (
       select company.id from company cross join lateral (
         select number from sms_message where company_id = company.id and untold order by number limit 1) as first
       where company.sms_webhook is not null and not exists (select from sms_post post where post.company_id = company.id
         and state = 'pending' and kind = 'received' and post.created_at > $1::timestamptz - $2 * interval '1 s')
       order by first.number limit 1
     ), first as (
       select item.* from who cross join lateral (
         select * from sms_message where company_id = who.id and untold order by number limit $3) as item
     ), measured as (
       select guid, number, row_number() over earlier as place, sum(octet_length(to_json(first)::text)) over earlier as bytes
       from first window earlier as (order by number)
     ), post as (
       insert into sms_post (company_id, kind, created_at, next_try_at) select id, 'received', $1, $1 from who returning guid
     )
     update sms_message message set untold = false, post_guid = post.guid from measured, post
     where message.guid = measured.guid and (place = 1 or bytes <= $4)`,
    [now, IN_ORDER_S, MOST_TEXTS, MOST_BYTES],
  );
}
