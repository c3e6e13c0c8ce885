import { type Database } from '@muster/core/database';

/** What every phone number of the tests' borrowers looks like, however it is written. */
export const PHONE = /415-?555-?\d{4}/;
/** What their names and the ids of their lender look like. */
export const PERSON = /\bFirst \d|\bborrower-\d/;
/** How many borrowers there are: their contacts file is bigger than what one write over SFTP carries. */
export const BORROWERS = 2_000;
/** Contacts: every fifth has a second phone, and every tenth, with both phones, wants to be left alone. */
export const SCREENED_OUT = 400;
export const EXPORTED = 2_000;
/** At any time, too: in whatever zone the company is said to be, noon there is then as good as any. */
const CONSENTS = ['autodialedColl', 'contactPersonWork', 'contactPersonUnusualTime'];

/** Loads a company's borrowers, each with a loan and a phone or two, who may be dialed by a machine, at work, and at any time. */
export async function insertBorrowers(db: Database, companyId: string): Promise<void> {
  const borrowers = `select key, row_number() over (order by key) as n from person where company_id = $1`;
  await db.execute(
    `insert into person (company_id, external_id, first_name, last_name)
     select $1, 'borrower-' || n, 'First ' || n, 'Last, "' || n || '"' from generate_series(1, $2::int) n`,
    [companyId, BORROWERS],
  );
  await db.execute(`insert into loan (company_id, person_key) select $1, key from (${borrowers}) p`, [companyId]);
  await db.execute(
    `insert into contact (company_id, person_key, contact_type, label, status, value)
     select $1, key, 'phone', 'personal', 'primary', '+1415555' || to_char(n, 'FM0000') from (${borrowers}) p
     union all
     select $1, key, 'phone', 'work', 'secondary', '+1415555' || to_char(n + 5000, 'FM0000') from (${borrowers}) p where n % 5 = 0`,
    [companyId],
  );
  await db.execute(
    `insert into consent (company_id, person_key, name, status)
     select $1, key, name, 'consented' from (${borrowers}) p, unnest($2::text[]) name`,
    [companyId, CONSENTS],
  );
  await db.execute(
    `insert into do_not_interact (company_id, person_key, channels, themes)
     select $1, key, '{all}', '{all}' from (${borrowers}) p where n % 10 = 0`,
    [companyId],
  );
  await db.execute('analyze'); // as a database that has lived for a while
}
