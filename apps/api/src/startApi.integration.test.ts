import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiKey } from '@muster/db/apiKeys';
import { openDatabase, type OpenDatabase } from '@muster/db/openDatabase';
import { readConfig } from '@muster/runtime/config';
import { insertCompany } from '@muster/testing/factories';
import { fakeLog } from '@muster/testing/fakeLog';
import { createTestDatabase } from '@muster/testing/testDatabase';
import { waitFor } from '@muster/testing/waitFor';
import { startApi } from './startApi.ts';

/** An API as its process starts it. */
async function startedApi(settings: Record<string, string>) {
  const server = await createTestDatabase();
  const db = await openDatabase({ url: server.url, poolSize: 3 });
  const files = await mkdtemp(join(tmpdir(), 'muster-start-'));
  const config = await readConfig({
    ...{ DATABASE_URL: server.url, FILE_STORE_URL: `file://${files}`, PORT: '0' },
    ...{ MUSTER_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'), STOP_WITHIN_MS: '6000' },
    ...settings,
  });
  const log = fakeLog();
  const { stop } = await startApi({ config, log, giveUp: () => undefined });
  const url = String(log.lines.find(({ event }) => event === 'api.listening')?.fields['url']);
  return {
    db,
    newCompany: async () => {
      const companyId = await insertCompany(db);
      const newKey = async () => (await createApiKey(db, { companyId, role: 'viewer' })).key;
      return { companyId, newKey };
    },
    ask: async (path: string, key: string) =>
      (await fetch(`${url}/api${path}`, { headers: { 'X-API-KEY': key } })).status,
    close: async () => {
      await stop();
      await db.close();
      await server.drop();
      await rm(files, { recursive: true });
    },
  };
}

let api: Awaited<ReturnType<typeof startedApi>>;
afterEach(() => api.close());

it('lets callers have no more than the settings say', async () => {
  api = await startedApi({ COMPANY_RATE_LIMIT_PER_MINUTE: '2', WRONG_CREDENTIALS_PER_MINUTE: '1' });
  const { newKey } = await api.newCompany();
  const statuses: number[] = [];
  for (let i = 0; i < 3; i++) statuses.push(await api.ask('/campaigns', await newKey()));
  expect(statuses).toEqual([200, 200, 429]);
  expect([await api.ask('/campaigns', 'wrong'), await api.ask('/campaigns', 'wrong')]).toEqual([401, 429]);
});

it('answers one company while another waits for the database with all that it may have', async () => {
  api = await startedApi({ DATABASE_POOL: '2' });
  const [acme, other] = [await api.newCompany(), await api.newCompany()];
  const [acmeKey, otherKey] = [await acme.newKey(), await other.newKey()];
  const held = await api.db.transaction(async (tx) => {
    await tx.execute('lock table campaign in access exclusive mode');
    const waiting = Array.from({ length: 4 }, () => api.ask('/campaigns', acmeKey));
    await waitFor(async () => (await blockedStatements(api.db)) > 0);

    expect(await api.ask(`/companies/${other.companyId}`, otherKey)).toBe(200);
    expect(await blockedStatements(api.db)).toBe(1);
    return waiting;
  });
  expect(await Promise.all(held)).toEqual([200, 200, 200, 200]);
});

async function blockedStatements(db: OpenDatabase) {
  const sql = `select 1 from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()`;
  return (await db.query(sql)).length;
}
