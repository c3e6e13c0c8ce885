import { insertCompany, insertPerson } from '@muster/testing/factories';
import { createTestDatabase } from '@muster/testing/testDatabase';
import { openDatabase, type OpenDatabase } from './openDatabase.ts';

let server: Awaited<ReturnType<typeof createTestDatabase>>;
let db: OpenDatabase;
beforeAll(async () => {
  server = await createTestDatabase();
  db = await openDatabase({ url: server.url, poolSize: 1 });
});
afterAll(async () => {
  await db.close();
  await server.drop();
});

const ASKED = 30;

async function askOften(sqlOf: (n: number) => string) {
  for (let n = 0; n < ASKED; n++) await db.query(sqlOf(n), [n]);
}

/** What the connection keeps of statements with this in it. */
async function preparedWith(part: string) {
  const sql = `select statement from pg_prepared_statements where position('${part}' in statement) > 0 -- once`;
  return (await db.query<{ statement: string }>(sql)).map(({ statement }) => statement);
}

it('prepares a statement that is asked again and again', async () => {
  const sql = 'select $1::int as often';

  await askOften(() => sql);

  expect(await preparedWith('often')).toEqual([sql]);
  expect(await db.query(sql, [7])).toEqual([{ often: 7 }]);
});

it('prepares no statement that bears a value of its own', async () => {
  await askOften((n) => `select $1::int as seldom, ${n} as own`);

  expect(await preparedWith('seldom')).toEqual([]);
});

it('carries out several statements at once as often as it is asked to', async () => {
  await db.transaction(async (tx) => {
    const both = `select set_config('muster.one', current_setting('muster.one', true) || 'x', true);
      select set_config('muster.other', current_setting('muster.one'), true)`;
    await tx.query(`select set_config('muster.one', '', true)`);

    for (let n = 0; n < ASKED; n++) await tx.execute(both);

    expect(await tx.query(`select current_setting('muster.other') as other`)).toEqual([{ other: 'x'.repeat(ASKED) }]);
  });
});

it('keeps no text in mind that is made for one question', async () => {
  const long = `select $1::int as endless, '${'x'.repeat(20_000)}' as padding`;

  await askOften(() => long);

  expect(await preparedWith('endless')).toEqual([]);
});

it('shows a company its own rows only, though the statement was prepared for all of them', async () => {
  const sql = 'select company_id as "companyId" from person where $1::text is not null';
  const [own, other] = [await insertCompany(db), await insertCompany(db)];
  for (const companyId of [own, other]) await insertPerson(db, { companyId });

  for (let n = 0; n < ASKED; n++) {
    expect(await db.query(sql, ['all'])).toHaveLength(2);
    expect(await db.forCompany(own).query(sql, ['own'])).toEqual([{ companyId: own }]);
  }
});
