import express from 'express';
import { PermanentFailure } from '@muster/core/errors';
import { createApiKey } from '@muster/db/apiKeys';
import { type OpenDatabase } from '@muster/db/openDatabase';
import { type Ring, type StepName } from '@muster/pipeline/run';
import { type Queues } from '@muster/queue/queues';
import { insertCompany } from '@muster/testing/factories';
import { fakeLog } from '@muster/testing/fakeLog';
import { jobIdOf, queueBench, type QueueBench, queueStores, type RawQueue } from '@muster/testing/queueBench';
import { runBench } from '@muster/testing/runBench';
import { waitFor } from '@muster/testing/waitFor';
import { errorHandler } from '../errorHandler.ts';
import { identifyRequest } from '../identifyRequest.ts';
import { type Listening, serveApi } from '../serveApi.ts';
import { type DashboardDeps, dashboardRoutes } from './dashboardRoutes.ts';

let runs: Awaited<ReturnType<typeof runBench>>;
let db: OpenDatabase;
const keys = { admin: '', operator: '', narrowed: '', other: '' };
const opened: Listening[] = [];

beforeAll(async () => {
  runs = await runBench();
  ({ db } = runs);
  const { companyId } = runs;
  keys.other = (await createApiKey(db, { companyId: await insertCompany(db), role: 'admin' })).key;
  keys.admin = (await createApiKey(db, { companyId, role: 'admin' })).key;
  keys.operator = (await createApiKey(db, { companyId, role: 'operator' })).key;
  keys.narrowed = (await createApiKey(db, { companyId, role: 'admin', scopes: ['runs:read'] })).key;
});
afterEach(async () => {
  for (const listening of opened.splice(0)) await listening.close(0);
});
afterAll(() => runs.close());

/** A first ring for a new run of the company. */
const ownRing = async (step: StepName): Promise<Ring> => ({ runId: await runs.startRun(), step, ring: 1 });

type Asked = { key?: string | null; headers?: Record<string, string>; body?: unknown };

/** The dashboard on a free port. */
async function dashboard(openedQueues: () => Queues | undefined, change: Partial<DashboardDeps> = {}) {
  const log = fakeLog();
  const deps: DashboardDeps = { db, log, openedQueues, jobDashboard: 'read', rememberKeysMs: 0, ...change };
  const app = express().use(identifyRequest, dashboardRoutes(deps), errorHandler(log));
  const listening = await serveApi(app, { host: '127.0.0.1', port: 0 });
  opened.push(listening);
  const ask = async (path: string, { key = keys.admin, headers = {}, body }: Asked = {}, method = 'GET') => {
    const basic = key !== null && { Authorization: `Basic ${Buffer.from(`anybody:${key}`).toString('base64')}` };
    const response = await fetch(`${listening.url}${path}`, {
      method,
      headers: { ...basic, ...headers, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  return { ask, log, url: listening.url };
}
type Dashboard = Awaited<ReturnType<typeof dashboard>>;

interface ShownQueue {
  name: string;
  readOnlyMode: boolean;
  isPaused: boolean;
  counts: Record<string, number>;
  jobs: { id: string; data: unknown; failedReason: string }[];
}

async function shownQueues({ ask }: Dashboard, query = ''): Promise<ShownQueue[]> {
  const { text } = await ask(`/queues/api/queues${query}`);
  return (JSON.parse(text) as { queues: ShownQueue[] }).queues;
}

const noQueues = () => undefined;

describe('the door', () => {
  it('opens to an API key of an admin only, as the password of any user', async () => {
    const { ask } = await dashboard(noQueues);
    const withKey = async (key: string | null) => (await ask('/queues', { key })).status;
    const nobody = await ask('/queues', { key: null });

    expect(nobody.status).toBe(401);
    expect(nobody.headers.get('www-authenticate')).toMatch(/^Basic realm="/);
    expect([await withKey('wrong'), await withKey(`${keys.admin}x`), await withKey('')]).toEqual([401, 401, 401]);
    expect([await withKey(keys.operator), await withKey(keys.narrowed)]).toEqual([403, 403]);
    expect((await ask('/queues', { key: null, headers: { 'X-API-KEY': keys.admin } })).status).toBe(503);
    expect(await withKey(keys.admin)).toBe(503); // let in; but there is no queue yet
  });

  it('guards every address below it', async () => {
    const { ask } = await dashboard(noQueues);
    const paths = ['/queues/', '/queues/api/queues', '/queues/static/favicon.ico', '/queues/queue/query', '/QUEUES'];

    for (const path of paths) expect((await ask(path, { key: null })).status).toBe(401);
  });

  it('is not there when the dashboard is off', async () => {
    const { ask } = await dashboard(noQueues, { jobDashboard: 'off' });

    expect((await ask('/queues')).status).toBe(404);
  });

  it('says that the store is away, before the queues are open', async () => {
    const { ask } = await dashboard(noQueues);
    const { status, headers, text } = await ask('/queues/api/queues');

    expect([status, headers.get('retry-after')]).toEqual([503, '5']);
    expect(JSON.parse(text)).toMatchObject({ code: 'queueUnavailable' });
  });
});

describe.each(queueStores)('the dashboard, with the queue on %s', (kind) => {
  let bench: QueueBench;
  let queues: Queues;
  beforeAll(async () => {
    bench = await queueBench(kind);
    queues = await bench.open();
    await queues.upsertSchedule({ campaignId: 'CM-AAAA-AAAA', pattern: '0 0 6 * * *', timeZone: 'UTC' });
  });
  afterAll(() => bench.close());

  it('is a page that needs nothing from elsewhere, and says so to the browser', async () => {
    const { ask } = await dashboard(() => queues);
    const page = await ask('/queues');
    const policy = page.headers.get('content-security-policy') ?? '';
    const assets = [...page.text.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map(([, path]) => path);

    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|upgrade-insecure-requests|unsafe-eval/);
    expect(assets.length).toBeGreaterThan(3);
    for (const path of assets) expect((await ask(`/queues/${path}`)).status).toBe(200);
  });

  it('shows the queues of the steps, not that of the schedules, and of a job its ids', async () => {
    const shown = await dashboard(() => queues);
    const ring = await ownRing('filter');
    await queues.ring(ring);

    const list = await shownQueues(shown, '?activeQueue=filter&status=latest&page=1&jobsPerPage=10');

    expect(list.map(({ name }) => name)).toEqual(['query', 'filter', 'export', 'upload', 'report']);
    expect(list.every(({ readOnlyMode }) => readOnlyMode)).toBe(true);
    const job = list[1]?.jobs.find(({ id }) => id === jobIdOf(ring));
    expect(job?.data).toEqual({ v: 1, runId: ring.runId, step: 'filter' });
    expect((await shown.ask('/queues/api/queues/ring')).status).toBe(404);
  });

  it('shows an admin nothing of the runs of another company, and takes no change to their jobs', async () => {
    const { ask } = await dashboard(() => queues, { jobDashboard: 'write' });
    const failed = await failJob(queues, bench.raw('export'));
    const change = { key: keys.other, headers: { 'Sec-Fetch-Site': 'same-origin' }, body: {} };
    const job = `/queues/api/queues/export/${failed}`;
    const statuses = ['failed', 'latest'].map((status) => `?activeQueue=export&status=${status}&page=1&jobsPerPage=10`);

    for (const query of statuses) {
      const [own, other] = [
        await ask(`/queues/api/queues${query}`),
        await ask(`/queues/api/queues${query}`, { key: keys.other }),
      ];
      expect([own.status, other.status]).toEqual([200, 200]);
      expect([own.text.includes(failed), other.text.includes(failed)]).toEqual([true, false]);
      expect(other.text).not.toContain(failed.slice(0, 12));
    }
    expect((await ask(job)).status).toBe(200);
    for (const path of [job, `${job}/flow`]) expect((await ask(path, { key: keys.other })).status).toBe(404);
    for (const what of ['retry', 'clean', 'promote'])
      expect((await ask(`${job}/${what}`, change, 'PUT')).status).toBe(404);
    await ask('/queues/api/queues/export/retry/failed', change, 'PUT');
    expect(await bench.raw('export').getJobState(failed)).toBe('failed');

    expect((await ask(`${job}/retry`, { ...change, key: keys.admin }, 'PUT')).status).toBe(204);
    expect(await bench.raw('export').getJobState(failed)).toBe('waiting');
    await bench.raw('export').remove(failed);
  });

  it('counts what waits in a paused queue', async () => {
    const shown = await dashboard(() => queues);
    await bench.raw('upload').pause();
    await queues.ring(await ownRing('upload'));

    const upload = (await shownQueues(shown)).find(({ name }) => name === 'upload');

    expect(upload).toMatchObject({ isPaused: true, counts: { waiting: 1 } });
  });

  it('has an answer for every panel that it asks for', async () => {
    const { ask } = await dashboard(() => queues);
    const ring = await ownRing('query');
    await queues.ring(ring);
    const job = `/queues/api/queues/query/${jobIdOf(ring)}`;
    const panels = ['default-job-options', 'workers', 'rate-limit', 'job-data-schema', 'metrics'];
    const paths = [...panels.map((panel) => `/queues/api/queues/query/${panel}`), job, `${job}/logs`, `${job}/flow`];

    for (const path of [...paths, '/queues/api/redis/stats', '/queues/api/job-schedulers']) {
      expect({ path, status: (await ask(path)).status }).toEqual({ path, status: 200 });
    }
  });

  it('changes nothing where it may only be looked at', async () => {
    const { ask } = await dashboard(() => queues);
    const own = { 'Sec-Fetch-Site': 'same-origin' };
    const failed = await failJob(queues, bench.raw('export'));
    const changes = [
      ['PUT', `/queues/api/queues/export/${failed}/retry`],
      ['PUT', '/queues/api/queues/export/retry/failed'],
      ['PUT', `/queues/api/queues/export/${failed}/clean`],
      ['PUT', '/queues/api/queues/export/clean/failed'],
      ['PUT', '/queues/api/queues/export/empty'],
      ['PUT', '/queues/api/queues/export/obliterate'],
      ['PUT', '/queues/api/queues/export/pause'],
      ['PUT', '/queues/api/queues/pause'],
      ['POST', '/queues/api/queues/export/add'],
      ['PATCH', `/queues/api/queues/export/${failed}/update-data`],
      ['DELETE', '/queues/api/queues/export'],
    ] as const;

    for (const [method, path] of changes) {
      const { status, headers } = await ask(path, { headers: own, body: { name: 'x', data: {} } }, method);
      expect({ path, status, allow: headers.get('allow') }).toEqual({ path, status: 405, allow: 'GET, HEAD' });
    }
    expect(await bench.raw('export').getJobCounts('failed', 'waiting')).toEqual({ failed: 1, waiting: 0 });
    expect(await bench.raw('export').isPaused()).toBe(false);
  });

  it('lets an admin change something where that is switched on, and logs it', async () => {
    const { ask, log } = await dashboard(() => queues, { jobDashboard: 'write' });
    const failed = await failJob(queues, bench.raw('report'));
    const path = `/queues/api/queues/report/${failed}/retry`;

    const { status } = await ask(path, { headers: { 'Sec-Fetch-Site': 'same-origin' } }, 'PUT');

    expect(status).toBe(204);
    expect(await bench.raw('report').getJobState(failed)).toBe('waiting');
    const line = await waitFor(() => log.lines.find(({ event }) => event === 'dashboard.changed'));
    const route = '/queues/api/queues/:queueName/:jobId/retry';
    expect(line.fields).toMatchObject({ method: 'PUT', route, status: 204, keyId: keys.admin.split('_')[1] });
  });

  it('does nothing that another site makes the browser ask for', async () => {
    const { ask, url } = await dashboard(() => queues, { jobDashboard: 'write' });
    const statusWith = async (headers: Record<string, string>) =>
      (await ask('/queues/api/queues/query/pause', { headers }, 'PUT')).status;

    expect(await statusWith({ 'Sec-Fetch-Site': 'cross-site', Origin: url })).toBe(403);
    expect(await statusWith({ 'Sec-Fetch-Site': 'same-site' })).toBe(403);
    expect(await statusWith({ Origin: 'https://elsewhere.example' })).toBe(403);
    expect(await statusWith({ Origin: 'null' })).toBe(403);
    expect(await statusWith({})).toBe(403);
    expect(await bench.raw('query').isPaused()).toBe(false);

    expect(await statusWith({ Origin: url })).toBe(200);
    expect(await bench.raw('query').isPaused()).toBe(true);
    await bench.raw('query').resume();
  });

  it('says that the store has gone away, and is there again when it is back', async () => {
    const link = await bench.link();
    const linked = await bench.open({ url: link.url });
    const { ask } = await dashboard(() => linked);
    expect((await ask('/queues/api/queues')).status).toBe(200);

    await link.cut();
    const away = await ask('/queues/api/queues');
    const inTheMiddle = await (
      await dashboard(() => ({ ...linked, ping: async () => undefined }))
    ).ask('/queues/api/queues');
    await link.mend();

    for (const { status, text } of [away, inTheMiddle]) {
      expect(status).toBe(503);
      expect(text).toContain("the queue's store");
      expect(text).not.toMatch(/127\.0\.0\.1|localhost|ECONN|ioredis|Connection/);
    }
    await waitFor(async () => (await ask('/queues/api/queues')).status === 200, { timeoutMs: 15_000 });
  });
});

/** Lets a worker fail a job of this step for good; gives its id. */
async function failJob(queues: Queues, queue: RawQueue): Promise<string> {
  const ring = await ownRing(queue.name as StepName);
  await queues.ring(ring);
  const fail = () => Promise.reject(new PermanentFailure('tried', 'it was tried'));
  const worker = await queues.work(ring.step, fail, { concurrency: 1 });
  await waitFor(async () => (await queue.getJobState(jobIdOf(ring))) === 'failed', { what: 'the job to fail' });
  await worker.close(1_000);
  return jobIdOf(ring);
}
