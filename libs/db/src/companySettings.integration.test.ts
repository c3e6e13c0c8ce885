import { insertCompany } from '@muster/testing/factories';
import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import { changeCompany, readCompany } from './companySettings.ts';
import { openDatabase, type OpenDatabase } from './openDatabase.ts';

let database: TestDatabase;
let db: OpenDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  db = await openDatabase({ url: database.url });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

it('leaves the limits that the operator has set, whatever the company does with its own', async () => {
  const company = db.forCompany(await insertCompany(db));
  const limits = async () => (await readCompany(company)).rateLimits;
  const change = async (rateLimits: Record<string, number> | null) =>
    company.transaction(async (tx) => changeCompany(tx, await readCompany(tx, { lock: true }), { rateLimits }));
  await change({ email: 5, text: 2 });
  expect(await limits()).toEqual({ email: 5, text: 2 });
  await change(null);
  expect(await limits()).toBeNull();

  await db.execute(`update company set rate_limits = '{"requestsPerMinute": 60}' where id = $1`, [company.companyId]);
  await change({ email: 5, requestsPerMinute: 1_000_000, runStartsPerMinute: 1_000_000 });
  expect(await limits()).toEqual({ email: 5, requestsPerMinute: 60 });
  await change(null);
  expect(await limits()).toEqual({ requestsPerMinute: 60 });
});
