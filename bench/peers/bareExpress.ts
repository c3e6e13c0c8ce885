import { type AddressInfo } from 'node:net';
import express from 'express';
import pg from 'pg';
import { type Database } from '@muster/core/database';
import { insertRun } from '@muster/db/insertRun';
import { type CompanyDatabase } from '@muster/db/openDatabase';
import { places } from '@muster/db/places';
import { readRunSettings } from '@muster/db/runSettings';
import { getRunView } from '@muster/db/runViews';

// Bare Express, bare pg, and the very statements of our API: no credentials, no checks, no limits, no metrics, no log, no queue.
const { DATABASE_URL = '', COMPANY = '' } = process.env;
const POOL = 20; // DATABASE_POOL of our processes
const ENTER = `select set_config('role', 'muster_app', true), set_config('muster.company', '${COMPANY}', true)`;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: POOL });

const onClient = (client: pg.ClientBase) =>
  ({
    companyId: COMPANY,
    query: async (sql: string, values: unknown[] = []) => (await client.query(sql, values)).rows as unknown[],
    execute: async (sql: string, values: unknown[] = []) => (await client.query(sql, values)).rowCount ?? 0,
  }) as unknown as CompanyDatabase;

async function inTransaction<Result>(begin: string, work: (tx: CompanyDatabase) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query(begin);
    const result = await work(onClient(client));
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

// What our API does after it has answered, beside the ring itself.
const { fill } = places(
  { transaction: (work: (tx: Database) => Promise<unknown>) => inTransaction('begin', work) } as unknown as Database,
  { placesPerCompany: 10, quietMs: 2_000 },
);

const app = express();
app.use(express.json());
app.post('/api/campaigns/:campaignId/runs', async (req, res) => {
  const campaign = req.params.campaignId;
  const run = await inTransaction(`begin; ${ENTER}`, async (tx) => {
    await tx.query('select * from campaign where company_id = $1 and id = $2 and deleted_at is null', [
      COMPANY,
      campaign,
    ]);
    const settings = { ...(await readRunSettings(tx, campaign)), hasOverride: false };
    const runId = await insertRun(tx, { settings, trigger: 'manual', scheduledFor: null, requestId: null });
    return getRunView(tx, { campaign, runId });
  });
  res.json(run);
  await fill(COMPANY);
});
app.get('/api/campaigns/:campaignId/runs/:runId', async (req, res) => {
  const { campaignId: campaign, runId } = req.params;
  res.json(await inTransaction(`begin; ${ENTER}`, (tx) => getRunView(tx, { campaign, runId })));
});

const server = app.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ event: 'process.started', pid: process.pid, url: `http://127.0.0.1:${port}` }));
});
process.once('SIGTERM', () => {
  server.closeAllConnections();
  server.close(() => void pool.end().then(() => process.exit(0)));
});
