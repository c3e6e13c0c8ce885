import { type Database } from '@muster/core/database';
import { seedHistory } from './seedHistory.ts';
import { seedLender } from './seedLender.ts';
import { firstNames, lastNames, places, streets } from './seedWords.ts';

export interface SeedOptions {
  companyId: string;
  borrowers: number;
  /** Another seed gives other people. */
  seed: number;
  /** The weeks before it are filled with interactions; default: the database's now. */
  referenceAt?: Date;
}

/**
 * Fills a company with borrowers, loans, contacts, interactions and do-not-interacts, and the lender's own table
 * `lender.loan_status` about them. The same seed gives the same people; a company that has them is left as it is.
 */
export async function seedDirectory(db: Database, options: SeedOptions): Promise<void> {
  const referenceAt = options.referenceAt ?? (await db.now());
  await db.transaction(async (tx) => {
    await tx.execute(`select pg_advisory_xact_lock(hashtext('seedDirectory'))`); // two demos that start at once
    const there = await tx.query(`select from person where company_id = $1 and external_id = 'B-00001'`, [
      options.companyId,
    ]);
    if (there.length > 0) return;
    await makeDice(tx, options.seed);
    await seedPeople(tx, options);
    await seedLoans(tx, options.companyId);
    await seedContacts(tx, options.companyId);
    await seedHistory(tx, { companyId: options.companyId, referenceAt });
    await seedLender(tx, { referenceAt });
    await tx.execute('analyze person, loan, contact, do_not_interact, interaction, lender.loan_status');
  });
}

/** `roll(n, purpose, sides)`: 0 … sides - 1, the same for the same borrower, purpose and seed. */
async function makeDice(tx: Database, seed: number) {
  await tx.execute(`
    create function pg_temp.roll(n bigint, purpose text, sides int) returns int language sql immutable as
    $$ select (('x' || substr(md5(${seed} || ':' || n || ':' || purpose), 1, 8))::bit(32)::bigint % sides)::int $$`);
  await tx.execute(`
    create function pg_temp.pick(n bigint, purpose text, from_list text[]) returns text language sql immutable as
    $$ select from_list[1 + pg_temp.roll(n, purpose, cardinality(from_list))] $$`);
}

/** The borrowers by number: `B-00042` is number 42 whatever its key, so that a seed means the same everywhere. */
async function seedPeople(tx: Database, { companyId, borrowers }: SeedOptions) {
  await tx.execute(
    `create temp table place on commit drop as
     select number, place ->> 0 as city, place ->> 1 as state, place ->> 2 as area, place ->> 3 as postal_code, place ->> 4 as zone
     from jsonb_array_elements($1::jsonb) with ordinality as x (place, number)`,
    [JSON.stringify(places)],
  );
  await tx.execute(
    `insert into person (company_id, external_id, first_name, middle_name, last_name, preferred_first_name, date_of_birth,
       time_zone, collections_intensity, status)
     select $1, 'B-' || lpad(n::text, 5, '0'), pg_temp.pick(n, 'first', $3),
       case when pg_temp.roll(n, 'middle?', 3) = 0 then left(pg_temp.pick(n, 'middle', $3), 1) || '.' end,
       pg_temp.pick(n, 'last', $4),
       case when pg_temp.roll(n, 'preferred?', 12) = 0 then pg_temp.pick(n, 'preferred', $3) end,
       date '1945-01-01' + pg_temp.roll(n, 'birth', 21000), place.zone,
       case pg_temp.roll(n, 'intensity', 20) when 0 then 'light' when 1 then 'heavy' else 'normal' end,
       case when pg_temp.roll(n, 'inactive?', 60) = 0 then 'inactive' else 'active' end
     from generate_series(1, $2::int) n
     join place on place.number = 1 + pg_temp.roll(n, 'place', (select count(*)::int from place))
     order by n`,
    [companyId, borrowers, firstNames, lastNames],
  );
  await tx.execute(
    `create temp table borrower on commit drop as
     select person.*, substr(external_id, 3)::bigint as n from person where company_id = $1 and external_id ~ '^B-[0-9]+$'`,
    [companyId],
  );
}

async function seedLoans(tx: Database, companyId: string) {
  await tx.execute(
    `insert into loan (company_id, external_id, person_key, status)
     select $1, 'L-' || lpad(n::text, 5, '0') || '-' || nth, key,
       case when d < 88 then 'active' when d < 93 then 'paidOff' when d < 98 then 'chargedOff' else 'closed' end
     from borrower, generate_series(1, case when pg_temp.roll(n, 'loans', 5) = 0 then 2 else 1 end) nth,
       lateral (select pg_temp.roll(n, 'loan' || nth, 100) as d) dice
     order by n, nth`,
    [companyId],
  );
}

// kind, contact type, label, affiliation, status, per cent of the borrowers who have one
const contactKinds = [
  ['mobile', 'phone', 'personal', 'self', 'primary', 97],
  ['landline', 'phone', 'home', 'self', 'secondary', 45],
  ['office', 'phone', 'work', 'self', 'additional', 20],
  ['former', 'phone', 'home', 'self', 'archived', 8],
  ['spouse', 'phone', 'personal', 'spouse', 'additional', 8],
  ['employer', 'phone', 'work', 'employer', 'additional', 3],
  ['attorney', 'phone', 'work', 'attorney', 'additional', 1],
  ['email', 'email', 'personal', 'self', 'primary', 82],
  ['address', 'address', 'home', 'self', 'primary', 96],
];

async function seedContacts(tx: Database, companyId: string) {
  await tx.execute(
    `insert into contact (company_id, external_id, person_key, contact_type, label, affiliation, status, name, value,
       address_line1, city, state, postal_code, country, valid, verified, receive_text_messages)
     select $1, 'C-' || lpad(b.n::text, 5, '0') || '-' || kind, b.key, contact_type, label, affiliation, rank,
       case when affiliation <> 'self' then pg_temp.pick(b.n, kind || 'first', $3) || ' ' || pg_temp.pick(b.n, kind || 'last', $4) end,
       case contact_type
         when 'phone' then '+1' || area || '55501' || lpad(pg_temp.roll(b.n, kind || 'number', 100)::text, 2, '0')
         when 'email' then lower(first_name || '.' || last_name) || b.n || '@example.' || (array['com', 'org'])[1 + b.n % 2]
       end,
       case when contact_type = 'address' then 100 + pg_temp.roll(b.n, 'house', 9800) || ' ' || pg_temp.pick(b.n, 'street', $5) end,
       ${['city', 'state', 'postal_code', `'US'`].map((field) => `case when contact_type = 'address' then ${field} end`).join(', ')},
       pg_temp.roll(b.n, kind || 'valid', 50) > 0, pg_temp.roll(b.n, kind || 'verified', 3) = 0,
       contact_type = 'phone' and label = 'personal' and pg_temp.roll(b.n, kind || 'texts', 2) = 0
     from borrower b
     join place on place.number = 1 + pg_temp.roll(b.n, 'place', (select count(*)::int from place))
     cross join lateral (
       select k ->> 0 as kind, k ->> 1 as contact_type, k ->> 2 as label, k ->> 3 as affiliation, k ->> 4 as rank, (k ->> 5)::int as per_cent
       from jsonb_array_elements($2::jsonb) k
     ) kinds
     where pg_temp.roll(b.n, kind || '?', 100) < per_cent
     order by b.n, kind collate "C"`,
    [companyId, JSON.stringify(contactKinds), firstNames, lastNames, streets],
  );
}
