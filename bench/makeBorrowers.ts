import { type Database } from '@muster/core/database';

/** Whose borrowers, how many, and from which key (what a query calls their id) on. */
export interface NewBorrowers {
  companyId: string;
  people: number;
  firstKey?: number;
}

const AREAS = `(array[212, 213, 305, 312, 404, 415, 503, 512, 602, 617, 646, 702, 713, 718, 773, 818, 832, 850, 916, 972])`;
const STATES = `(array['NY', 'CA', 'TX', 'MA', 'Florida', 'IL', 'wa', 'OH'])`;

/** Makes borrowers in the database: two contacts each, an interaction, and something for every rule. */
export async function makeBorrowers(db: Database, { companyId, people, firstKey = 1 }: NewBorrowers): Promise<void> {
  const n = `(n - ${firstKey - 1})`;
  const from = `from generate_series(${firstKey}, ${firstKey + people - 1}) n`;
  const insert = (table: string, columns: string, select: string) =>
    db.execute(`insert into ${table} (company_id, ${columns}) select '${companyId}', ${select}`);
  await insert(
    'person',
    'key, first_name, last_name, collections_intensity, time_zone, status',
    `n, 'Robin', 'Miller', (array['normal', 'normal', 'heavy', 'light'])[1 + n % 4],
     case when n % 11 = 0 then 'America/Chicago' end, case when n % 53 = 0 then 'inactive' else 'active' end ${from}`,
  );
  await insert(
    'contact',
    'person_key, contact_type, label, value, valid',
    `n, 'phone', 'home', '+1' || ${AREAS}[1 + n % 20] || lpad((2000000 + n * 7919::bigint % 7000000)::text, 7, '0'), n % 41 <> 0 ${from}`,
  );
  await insert(
    'contact',
    'person_key, contact_type, label, state',
    `n, 'address', 'home', ${STATES}[1 + n % 8] ${from}`,
  );
  await insert(
    'interaction',
    'person_key, channel, status, theme, started_at, status_details',
    `${firstKey} + (${n} * 104729::bigint) % greatest(1, ${people} / 3), 'voice', 'attempted', 'opsCollDebt',
     now() - (n % 20) * interval '1 day', case when n % 30 = 0 then 'voiceSpokeWithFirstParty' end ${from}`,
  );
  await insert('consent', 'person_key, name, status', `n, 'electronicComms', 'consented' ${from} where n % 5 = 0`);
  await insert(
    'do_not_interact',
    'person_key, channels, themes, start_date, end_date',
    `n, array['voice'], array['all'], current_date - 10, case when n % 2 = 0 then current_date + 10 end ${from} where n % 37 = 0`,
  );
}

/** So many of so many keys, evenly spread. */
export function* spreadKeys(wanted: number, people: number): Generator<number> {
  for (let at = 0; at < wanted; at++) yield 1 + Math.floor((at * people) / wanted);
}
