import { type Database } from '@muster/core/database';

/** How the texts and charges of all companies stand. */
export interface TextGauges {
  /** Since when the oldest has waited for a worker that may take it, in seconds; 0 where none does. */
  waitingSeconds: Record<'received' | 'sent' | 'charge' | 'post', number>;
  /** Charges of which nobody knows what became of them. */
  unknownCharges: number;
}

const LIMIT_MS = 2_000; // whoever asks does not wait longer

const waiting = (table: string, where: string) =>
  `(select coalesce(extract(epoch from statement_timestamp() - min(take_at)), 0) from ${table}
    where ${where} and take_at <= statement_timestamp())::float8`;

// A post is made of what is still to be told once a worker comes: without one there is none.
const WAITING_POSTS = `
  (select coalesce(extract(epoch from statement_timestamp() - min(since)), 0) from (
    select min(next_try_at) as since from sms_post where state = 'pending' and next_try_at <= statement_timestamp()
    union all
    select min(first.processed_at) from company cross join lateral (
      select processed_at from sms_message where company_id = company.id and untold order by number limit 1) as first
    where company.sms_webhook is not null) as post)::float8`;

// Each part reads an index of its own that holds just those rows.
const COUNT = `
  select jsonb_build_object(
      'received', ${waiting('sms_message', `state = 'Received'`)},
      'sent', ${waiting('sms_text', `state = 'wanted' and message_guid is null`)},
      'charge', ${waiting('sms_charge', `state = 'wanted' and message_guid is null`)},
      'post', ${WAITING_POSTS}) as "waitingSeconds",
    (select count(*) from sms_charge where state = 'unknown')::int as "unknownCharges"`;

/** Looks how the texts and charges of all companies stand, in at most 2 s; `db` must see them all. */
export function readTextGauges(db: Database): Promise<TextGauges> {
  return db.transaction(async (tx) => {
    await tx.execute(`set local statement_timeout = ${LIMIT_MS}`);
    const [row] = await tx.query<TextGauges>(COUNT);
    if (!row) throw new Error('counting gave nothing');
    return row;
  });
}
