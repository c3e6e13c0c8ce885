import { randomUUID } from 'node:crypto';
import express from 'express';
import { createApiKey } from '@muster/db/apiKeys';
import { openDatabase, type OpenDatabase } from '@muster/db/openDatabase';
import { type Queues } from '@muster/queue/queues';
import { openMetrics } from '@muster/runtime/metrics';
import { insertCampaign, insertCompany } from '@muster/testing/factories';
import { fakeLog } from '@muster/testing/fakeLog';
import { insertCharge } from '@muster/testing/insertCharge';
import { insertSubscriptions } from '@muster/testing/insertSubscriptions';
import { newRing, queueBench, type QueueBench } from '@muster/testing/queueBench';
import { runBench } from '@muster/testing/runBench';
import { countRequests } from './countRequests.ts';
import { errorHandler } from './errorHandler.ts';
import { identifyRequest } from './identifyRequest.ts';
import { metricsRoutes } from './metricsRoutes.ts';
import { type Listening, serveApi } from './serveApi.ts';

let bench: Awaited<ReturnType<typeof runBench>>;
let key = '';
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  bench = await runBench();
  key = (await createApiKey(bench.db, { companyId: bench.companyId, role: 'admin' })).key;
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
afterAll(() => bench.close());

/** An API of nothing but its figures, and a route that has ids in its address. */
async function watchedApi({ db = bench.db, queues }: { db?: OpenDatabase; queues?: Queues } = {}) {
  const metrics = openMetrics();
  const app = express().use(identifyRequest, countRequests(metrics));
  app.use(metricsRoutes({ db, metrics, openedQueues: () => queues, rememberKeysMs: 0 }));
  const company = express.Router().get('/campaigns/:campaignId', (req, res) => {
    if (req.params.campaignId === 'bug') throw new Error('a bug');
    res.json({});
  });
  app.use('/api/companies/:companyId', company).use('/api', company);
  app.use(errorHandler(fakeLog()));
  const listening: Listening = await serveApi(app, { host: '127.0.0.1', port: 0 });
  ends.push(() => listening.close(0));
  const ask = async (path: string, headers: Record<string, string> = { 'X-API-KEY': key }, method = 'GET') => {
    const response = await fetch(`${listening.url}${path}`, { headers, method });
    return { status: response.status, lines: (await response.text()).split('\n') };
  };
  return { ask, scrape: async () => (await ask('/metrics')).lines };
}

it('tells nobody but admins, who may show their key in each of the three ways', async () => {
  const { ask } = await watchedApi();
  const viewer = (await createApiKey(bench.db, { companyId: bench.companyId, role: 'viewer' })).key;
  const statusWith = async (headers: Record<string, string>) => (await ask('/metrics', headers)).status;

  expect([await statusWith({}), await statusWith({ 'X-API-KEY': viewer })]).toEqual([401, 403]);
  expect(await statusWith({ Authorization: `Bearer ${key}` })).toBe(200);
  expect(await statusWith({ Authorization: `Basic ${Buffer.from(`x:${key}`).toString('base64')}` })).toBe(200);
  expect(await statusWith({ 'X-API-KEY': key })).toBe(200);
});

it('tells how the runs of all companies stand', async () => {
  const { db } = bench;
  const [, waiting, parked, doubtful] = [
    await bench.startRun(),
    await bench.startRun(),
    await bench.startRun(),
    await bench.startRun(),
  ];
  await db.execute(
    `update run set status = 'running', rung_at = now(), updated_at = now() - interval '60 s' where id = $1`,
    [doubtful],
  );
  await db.execute(`update run set status = 'failed', error_code = 'parked', finished_at = now() where id = $1`, [
    parked,
  ]);
  await db.execute(
    `insert into delivery (run_id, file, try, generation, state, remote_name, temporary_name, size_bytes, sha256)
     values ($1, 'contacts_output.csv', 1, 1, 'unknown', 'a.csv', 'a.csv.part', 1, '')`,
    [doubtful],
  );
  const other = await insertCampaign(db, { companyId: await insertCompany(db) });
  await db.execute(`update campaign set next_due_at = now() - interval '90 s' where id = $1`, [other]);

  const lines = await (await watchedApi()).scrape();

  expect(lines).toEqual(
    expect.arrayContaining([
      ...['muster_runs_open{status="pending"} 2', 'muster_runs_open{status="running"} 1', 'muster_runs_waiting 2'],
      ...[
        'muster_runs_parked 1',
        'muster_deliveries_unknown 1',
        'muster_alerts_undelivered 0',
        'muster_alerts_open{kind="run.parked"} 1',
        'muster_alerts_dead 0',
        'muster_source_up{source="database"} 1',
      ],
    ]),
  );
  const valueOf = (name: string) => Number(lines.find((line) => line.startsWith(`${name} `))?.split(' ')[1]);
  expect(valueOf('muster_slots_overdue_seconds')).toBeCloseTo(90, -1);
  expect(valueOf('muster_steps_waiting_seconds')).toBeCloseTo(60, -1);
  for (const id of [waiting, parked, doubtful, other, bench.companyId]) expect(lines.join()).not.toContain(id);
});

it('tells since when texts wait for a worker, and of which charges nobody knows', async () => {
  const { companyId, db } = bench;
  const at = `now() - interval '45 s'`;
  await db.execute(
    `insert into sms_message (company_id, carrier_id, channel, msisdn, received_text, take_at)
     values ($1, 'carrier-1', '1217', '4520123456', 'GIV', ${at}), ($1, 'carrier-2', '1217', '4520123457', 'GIV', now() + interval '1 h')`,
    [companyId],
  );
  const { guids } = await insertSubscriptions(db, { companyId, nextDue: '2031-03-05', count: 2 });
  for (const guid of guids) await insertCharge(db, guid, 'unknown');

  const lines = await (await watchedApi()).scrape();

  const valueOf = (name: string) => Number(lines.find((line) => line.startsWith(`${name} `))?.split(' ')[1]);
  expect(valueOf('muster_texts_waiting_seconds{kind="received"}')).toBeCloseTo(45, -1);
  expect(valueOf('muster_texts_waiting_seconds{kind="sent"}')).toBe(0);
  expect(valueOf('muster_texts_waiting_seconds{kind="charge"}')).toBe(0);
  expect(valueOf('muster_charges_unknown')).toBe(2);
  expect(valueOf('muster_texts_waiting_seconds{kind="post"}')).toBe(0);
  expect(lines).toContain('muster_source_up{source="texts"} 1');
});

it('tells since when organisations wait to be told: by a post, or as long as no worker has made one', async () => {
  const { companyId, db } = bench;
  const waited = async () => {
    const line = (await (await watchedApi()).scrape()).find((one) => one.includes('kind="post"'));
    return Number(line?.split(' ')[1]);
  };
  await db.execute(`update company set sms_webhook = '{"url": "https://hooks.example.com", "secret": null}'`);
  await db.execute(
    `insert into sms_message (company_id, carrier_id, channel, msisdn, received_text, state, processed_at, untold)
     values ($1, 'told', '1217', '4520123456', 'GIV', 'Processed', now() - interval '45 s', true)`,
    [companyId],
  );
  expect(await waited()).toBeCloseTo(45, -1);
  await db.execute(
    `insert into sms_post (company_id, kind, next_try_at) values ($1, 'received', now() - interval '85 s'),
       ($1, 'received', now() + interval '1 h')`,
    [companyId],
  );
  expect(await waited()).toBeCloseTo(85, -1);
  await db.execute(`update sms_post set state = 'dead'`);
  await db.execute(`update company set sms_webhook = null`); // then it waits for the next one, and for no worker
  expect(await waited()).toBe(0);
});

describe('of the queues', () => {
  let queue: QueueBench;
  beforeAll(async () => void (queue = await queueBench('PostgreSQL')));
  afterAll(() => queue.close());

  it('tells what lies in them, for how long, and which are paused', async () => {
    const queues = await queue.open();
    await queue.raw('upload').pause();
    await queue.raw('filter').add('filter', {}, { jobId: 'old', timestamp: Date.now() - 60_000 });
    await queues.ring(newRing('filter'));
    await queues.ringTask('previews', randomUUID());

    const lines = await (await watchedApi({ queues })).scrape();

    expect(lines).toContain('muster_queue_jobs{queue="filter",state="waiting"} 2');
    expect(lines).toContain('muster_queue_oldest_seconds{queue="query"} 0');
    expect(lines).toContain('muster_queue_oldest_seconds{queue="imports"} 0');
    expect(lines).toContain('muster_queue_jobs{queue="previews",state="waiting"} 1');
    expect(lines).toContain('muster_queue_paused{queue="upload"} 1');
    expect(lines.find((line) => line.startsWith('muster_queue_oldest_seconds{queue="filter"} 6'))).toBeDefined();
    expect(lines.join()).not.toContain('ring');
  });

  it('tells that they are not open yet, and all the rest', async () => {
    const lines = await (await watchedApi()).scrape();

    expect(lines).toContain('muster_source_up{source="queue"} 0');
    expect(lines).toContain('muster_source_up{source="database"} 1');
    expect(lines.join()).not.toContain('muster_queue_jobs{');
  });
});

it('counts requests by the declared route, whatever the address and the outcome', async () => {
  const { ask, scrape } = await watchedApi();
  await ask('/api/campaigns/CM-AAAA-AAAA');
  await ask('/api/campaigns/CM-BBBB-BBBB?x=CM-CCCC-CCCC');
  await ask('/API/companies/CP-AAAA-AAAA/campaigns/ext-jane');
  await ask('/api/campaigns/bug');
  await ask('/api/people/ext-jane');
  await ask('/apix', {}, 'PROPFIND');

  const lines = (await scrape()).filter((line) => line.startsWith('muster_http_requests_total'));

  expect(lines.sort()).toEqual([
    'muster_http_requests_total{method="GET",route="(none)",status="404"} 1',
    'muster_http_requests_total{method="GET",route="/api/campaigns/:campaignId",status="200"} 2',
    'muster_http_requests_total{method="GET",route="/api/campaigns/:campaignId",status="500"} 1',
    'muster_http_requests_total{method="GET",route="/api/companies/:companyId/campaigns/:campaignId",status="200"} 1',
    'muster_http_requests_total{method="OTHER",route="(none)",status="404"} 1',
  ]);
});

it('goes on telling the figures of the process while the database is away', async () => {
  const own = await openDatabase({ url: bench.url, poolSize: 2 });
  const { ask } = await watchedApi({ db: own });
  expect((await ask('/metrics')).status).toBe(200);

  await own.close();
  const { status, lines } = await ask('/metrics');

  expect(status).toBe(200);
  expect(lines.find((line) => line.startsWith('process_resident_memory_bytes '))).toBeDefined();
  expect((await ask('/metrics', { 'X-API-KEY': key.replace('mk_', 'mk_X') })).status).toBeGreaterThanOrEqual(401);
});
