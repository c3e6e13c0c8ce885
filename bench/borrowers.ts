import { insertCompany } from '@muster/testing/factories';
import { createApiKey } from '@muster/db/apiKeys';
import { openDatabase, type OpenDatabase } from '@muster/db/openDatabase';
import { type TestDatabase } from '@muster/testing/testDatabase';
import { makeBorrowers } from './makeBorrowers.ts';
import { makePlaceZones } from './script/scriptSql.ts';
import { type Servers } from './servers.ts';

/** A company, and a key to its API. */
export interface Company {
  companyId: string;
  apiKey: string;
}

/** A database with one company that has many borrowers. */
export interface Borrowers extends Company {
  database: TestDatabase;
}

/** Makes it: some minutes for a million people. */
export async function makeBorrowersDatabase(servers: Servers, people: number): Promise<Borrowers> {
  const database = await servers.newDatabase();
  const db = await openDatabase({ url: database.url, asLogin: true });
  try {
    const company = await addCompany(db);
    await makeBorrowers(db, { companyId: company.companyId, people });
    await makePlaceZones(db);
    await db.execute('vacuum analyze'); // as a database that has lived for a while
    return { ...company, database };
  } finally {
    await db.close();
  }
}

/** Makes a company in New York, with a key that may do everything. */
export async function addCompany(db: OpenDatabase): Promise<Company> {
  const companyId = await insertCompany(db);
  return { companyId, apiKey: (await createApiKey(db, { companyId, role: 'admin' })).key };
}
