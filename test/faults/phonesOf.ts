import { type House } from '../e2e/house.ts';

/**
 * The phones, by their ten digits, that the file of a run must hold: those of the query's people, as it was saved for the run, but
 * for whoever wants to be left alone. By one plain statement, which knows nothing of how runs are screened.
 */
export function phonesOf({ db, queries }: Pick<House, 'db' | 'queries'>): (runId: string) => Promise<string[]> {
  const known = new Map<number, Promise<string[]>>();
  const ask = async (sql: string) => {
    const rows = await db.query<{ phone: string }>(
      `select right(regexp_replace(value, '\\D', '', 'g'), 10) as phone from contact
       where contact_type = 'phone' and person_key in (select id::text::bigint from (${sql}) as asked)
         and not exists (select from do_not_interact stop where stop.person_key = contact.person_key)`,
    );
    return rows.map(({ phone }) => phone);
  };
  return async (runId) => {
    const [run] = await db.query<{ url: string }>(
      `select settings #>> '{campaign,redashQueryUrl}' as url from run where id = $1`,
      [runId],
    );
    const id = Number(/\d+$/.exec(run?.url ?? '')?.[0]);
    const query = queries.find((one) => one.id === id);
    if (!query) throw new Error(`run ${runId} has no query that was saved here`);
    const phones = known.get(id) ?? ask(query.sql);
    known.set(id, phones);
    return phones;
  };
}
