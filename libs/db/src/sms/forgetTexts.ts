import { type Database } from '@muster/core/database';

const AT_ONCE = 1_000;

/**
 * Lets go of the words of texts that ended longer ago than their company keeps them, a bounded number of each at once; gives how
 * many. What remains says that there was one, of whom and when, and what it was charged.
 */
export async function forgetTexts(db: Database): Promise<number> {
  const received = await forget(db, { table: 'sms_message', words: 'received_text', ended: 'processed_at' });
  return received + (await forget(db, { table: 'sms_text', words: 'text', ended: 'settled_at' }));
}

function forget(db: Database, { table, words, ended }: { table: string; words: string; ended: string }) {
  return db.execute(
    `update ${table} set ${words} = '' where guid = any (array(
       select past.guid from company cross join lateral (
         select guid from ${table} item
         where item.company_id = company.id and ${words} <> '' and ${ended} is not null
           and ${ended} < now() - coalesce((company.retention_days ->> 'texts')::int, 365) * interval '1 day'
         order by ${ended} limit ${AT_ONCE}
       ) past limit ${AT_ONCE}))`,
  );
}
