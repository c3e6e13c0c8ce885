import { openDatabase, type OpenDatabase } from '@muster/db/openDatabase';
import { insertCompany } from '@muster/testing/factories';
import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import { waitFor } from '@muster/testing/waitFor';
import { shareConnections } from './shareConnections.ts';

const MOST = 2;
const POOL = MOST + 1;
let server: TestDatabase;
let pool: OpenDatabase;
let companies: [acme: string, other: string];
beforeAll(async () => {
  server = await createTestDatabase();
  pool = await openDatabase({ url: server.url, poolSize: POOL });
  companies = [await insertCompany(pool), await insertCompany(pool)];
});
afterAll(async () => {
  await pool.close();
  await server.drop();
});

/** Takes the whole share of a company, and gives it back at `end`. */
async function takeShare(db: OpenDatabase, companyId: string) {
  const holding = new AbortController();
  const held = new Promise((resolve) => holding.signal.addEventListener('abort', resolve));
  let begun = 0;
  const transactions = Array.from({ length: MOST }, () =>
    db.forCompany(companyId).transaction(async (tx) => {
      await tx.query('select 1'); // the transaction's own: it waits for nobody
      begun++;
      await held;
    }),
  );
  await waitFor(() => begun === MOST);
  return {
    end: async () => {
      holding.abort();
      await Promise.all(transactions);
    },
  };
}

it('leaves a connection to others, however much one company asks for', async () => {
  const db = shareConnections(pool, { most: MOST });
  const [acme, other] = companies;
  const share = await takeShare(db, acme);
  let answered = 0;
  const waiting = Array.from({ length: 5 * POOL }, async () => {
    await db.forCompany(acme).query('select 1');
    answered++;
  });

  expect(await db.forCompany(other).query('select 1 as one')).toEqual([{ one: 1 }]);
  expect(await db.query('select 1 as one')).toEqual([{ one: 1 }]);
  expect(answered).toBe(0);

  await share.end();
  await Promise.all(waiting);
});

it('answers 429, and to ask again, when none of the share has become free in time', async () => {
  const db = shareConnections(pool, { most: MOST, waitMs: 20 });
  const [acme] = companies;
  const share = await takeShare(db, acme);
  const company = db.forCompany(acme);
  const tooMuch = { status: 429, code: 'tooManyRequests', headers: { 'Retry-After': '1' } };

  for (const work of [
    company.query('select 1'),
    company.execute('select 1'),
    company.now(),
    company.transaction(async () => undefined),
  ])
    await expect(work).rejects.toMatchObject(tooMuch);

  await share.end();
  expect(await company.execute('select 1')).toBe(1);
});

it('has no limit where it is 0', () => {
  expect(shareConnections(pool, { most: 0 })).toBe(pool);
});

it('hands on what a transaction begins with', async () => {
  const company = shareConnections(pool, { most: MOST }).forCompany(companies[0]);
  const given = company.transaction((_tx, opened) => Promise.resolve(opened), `select 'first' as word`);
  expect(await given).toEqual([{ word: 'first' }]);
});
