import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { TemporaryFailure } from '@muster/core/errors';
import { openSecretBox } from '@muster/core/secretBox';
import { alertOutbox } from '@muster/db/alertOutbox';
import { insertRun } from '@muster/db/insertRun';
import { openDatabase, type OpenDatabase } from '@muster/db/openDatabase';
import { places } from '@muster/db/places';
import { rescheduleCampaigns, startSchedule } from '@muster/db/rescheduleCampaigns';
import { readRunSettings } from '@muster/db/runSettings';
import { runStore } from '@muster/db/runStore';
import { recordDueSlots } from '@muster/db/slots';
import { type Ring } from '@muster/pipeline/run';
import { migrateQueue } from '@muster/queue/migrateQueue';
import { openQueues } from '@muster/queue/openQueues';
import { type Queues } from '@muster/queue/queues';
import { insertCampaign, insertCompany } from '@muster/testing/factories';
import { FakeWebhookReceiver } from '@muster/testing/fakeWebhookReceiver';
import { FakeFileStore } from '@muster/testing/fakeFileStore';
import { fakeLog } from '@muster/testing/fakeLog';
import { insertSubscriptions } from '@muster/testing/insertSubscriptions';
import { movedClock } from '@muster/testing/movedClock';
import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import { waitFor } from '@muster/testing/waitFor';
import { type SchedulerDeps, startScheduler } from './startScheduler.ts';

let database: TestDatabase;
let db: OpenDatabase;
let queues: Queues;

beforeAll(async () => {
  database = await createTestDatabase();
  await migrateQueue(database.url);
  db = await openDatabase({ url: database.url, poolSize: 15 });
  queues = await openQueues({ databaseUrl: database.url, log: fakeLog() });
});
afterAll(async () => {
  await queues.close();
  await db.close();
  await database.drop();
});

const NEVER_MS = 3_600_000;
const often = {
  ...{ sweepEveryMs: 20, healEveryMs: 20, followEveryMs: 20, compareEveryMs: 1_000, stopWithinMs: 2_000 },
  externalRunTimeoutMs: 3_600_000,
};

type Outside = Partial<Pick<SchedulerDeps, 'store' | 'audience'>>;

/** A scheduler whose clock stands at `now`. */
function schedulerAt(now: string, times: Partial<typeof often> = {}, outside: Outside = {}) {
  const log = fakeLog();
  const receiver = new FakeWebhookReceiver();
  const box = openSecretBox({ key: randomBytes(32).toString('base64') });
  const started = startScheduler({
    db: movedClock(db, now),
    alerts: { outbox: alertOutbox(db, box), receiver },
    queues,
    doorbell: queues,
    runs: runStore(db, { leaseMs: 10_000 }),
    places: places(db, { placesPerCompany: 10, quietMs: 2_000 }),
    store: new FakeFileStore(),
    audience: { dropEnded: () => Promise.resolve(0) },
    log,
    times: { ...often, ...times },
    ...outside,
  });
  return { log, receiver, stop: async () => (await started).stop() };
}

/** A company in UTC with a campaign that is due daily at 06:00:xx from the day of `setAt` on. */
async function scheduled(setAt: string, company: { catchUpUntil?: string } = {}) {
  const companyId = await insertCompany(db, {
    timeZone: 'UTC',
    dispatchFrom: '06:00',
    dispatchTo: '06:01',
    ...company,
  });
  const campaignId = await insertCampaign(db, { companyId, schedule: 'P P * * *' });
  await movedClock(db, setAt).transaction((tx) => startSchedule(tx, campaignId));
  return { companyId, campaignId };
}

const runsOf = (campaignId: string) =>
  db.query<{ id: string; status: string }>('select id, status from run where campaign_id = $1', [campaignId]);

it('turns a due slot into one run that the workers are told about, with two schedulers up', async () => {
  const { campaignId } = await scheduled('2026-06-01T00:00:00Z');
  const schedulers = [schedulerAt('2026-06-01T07:00:00Z'), schedulerAt('2026-06-01T07:00:00Z')];

  const run = await waitFor(async () => (await runsOf(campaignId))[0]);
  const firstRing = { runId: run.id, step: 'query' as const, ring: 1 };
  await waitFor(async () => (await queues.pendingRings([firstRing])).length === 1, { what: 'the ring' });

  await Promise.all(schedulers.map((scheduler) => scheduler.stop()));
  expect(await runsOf(campaignId)).toHaveLength(1);
});

it('answers a ring of the queue before any sweep', async () => {
  await queues.upsertSchedule({ campaignId: 'CM-GONE', pattern: '0 0 6 * * *', timeZone: 'UTC' });
  const scheduler = schedulerAt('2026-06-02T07:00:00Z', { sweepEveryMs: NEVER_MS, followEveryMs: NEVER_MS });
  await waitFor(async () => !(await patternOf('CM-GONE')), { what: 'the end of the only comparison' });
  const { campaignId } = await scheduled('2026-06-02T00:00:00Z');
  await queues.upsertSchedule({ campaignId, pattern: '* * * * * *', timeZone: 'UTC' });

  const run = await waitFor(async () => (await runsOf(campaignId))[0]);

  await queues.removeSchedule(campaignId);
  await scheduler.stop();
  expect(run.status).toBe('pending');
});

it('keeps the schedules of the queue while it is up, changes included', async () => {
  const { campaignId } = await scheduled('2026-06-03T07:00:00Z');
  const scheduler = schedulerAt('2026-06-03T08:00:00Z');
  await waitFor(async () => (await patternOf(campaignId))?.endsWith(' 0 6 * * *'));

  await movedClock(db, '2026-06-03T08:00:00Z').transaction((tx) =>
    rescheduleCampaigns(tx, [campaignId], () =>
      tx.execute(`update campaign set schedule = 'P P * * 1' where id = $1`, [campaignId]),
    ),
  );

  await waitFor(async () => (await patternOf(campaignId))?.endsWith(' 0 6 * * 1'));
  await scheduler.stop();
  await expect(patternOf(campaignId)).resolves.toMatch(/ 0 6 \* \* 1$/);
});

it('fails the run of an outside worker that is silent for too long', async () => {
  const companyId = await insertCompany(db);
  const campaignId = await insertCampaign(db, { companyId });
  const runId = await db.transaction(async (tx) =>
    insertRun(tx, {
      settings: { ...(await readRunSettings(tx, campaignId)), hasOverride: false },
      ...{ trigger: 'manual', scheduledFor: null, requestId: 'asked', worker: 'external' },
    }),
  );
  const now = (await db.now()).getTime();

  const patient = schedulerAt(new Date(now + 3_000_000).toISOString());
  await patient.stop();
  expect(await runsOf(campaignId)).toEqual([{ id: runId, status: 'pending' }]);

  const later = schedulerAt(new Date(now + 3_700_000).toISOString());
  await waitFor(async () => (await runsOf(campaignId))[0]?.status === 'failed');
  await later.stop();
  const fields = { runId, campaignId, requestId: 'asked', code: 'externalTimedOut' };
  expect(later.log.lines).toContainEqual({ level: 'warn', event: 'run.failed', fields });
});

it('ends at the cut-off what no worker began', async () => {
  const { campaignId } = await scheduled('2026-06-04T00:00:00Z');
  const morning = schedulerAt('2026-06-04T11:00:00Z');
  await waitFor(async () => (await runsOf(campaignId))[0]?.status === 'pending');
  await morning.stop();

  const noon = schedulerAt('2026-06-04T12:00:00Z');
  await waitFor(async () => (await runsOf(campaignId))[0]?.status === 'canceled');
  await noon.stop();

  expect(noon.log.lines).toContainEqual(expect.objectContaining({ level: 'warn', event: 'runs.notBegun' }));
  const fields = { runId: (await runsOf(campaignId))[0]?.id, campaignId, requestId: null, code: 'notBegun' };
  expect(noon.log.lines).toContainEqual({ level: 'info', event: 'run.canceled', fields });
});

it('tells the webhook of the company what was missed', async () => {
  const { companyId, campaignId } = await scheduled('2026-06-05T00:00:00Z');
  const webhook = { url: 'https://hooks.example.com/', secret: null };
  await db.execute('update company set alert_webhook = $2 where id = $1', [companyId, webhook]);

  const scheduler = schedulerAt('2026-06-05T13:00:00Z');
  await waitFor(() => scheduler.receiver.seen.length > 0);
  await scheduler.stop();

  expect(scheduler.receiver.seen.map(({ url, body }) => [url, JSON.parse(body) as unknown])).toEqual([
    ['https://hooks.example.com/', expect.objectContaining({ type: 'slot.missed' })],
  ]);
  expect(scheduler.receiver.seen[0]?.body).toContain(campaignId);
});

it('goes on with everything else while a webhook says nothing, and stops in time', async () => {
  const silent = await scheduled('2026-06-06T00:00:00Z');
  const webhook = { url: 'https://hooks.example.com/', secret: null };
  await db.execute('update company set alert_webhook = $2 where id = $1', [silent.companyId, webhook]);
  const scheduler = schedulerAt('2026-06-06T13:00:00Z');
  scheduler.receiver.gate = new Promise(() => undefined);
  await waitFor(() => scheduler.receiver.seen.length > 0);

  const startedMs = performance.now();
  const { campaignId } = await scheduled('2026-06-06T00:00:00Z', { catchUpUntil: '14:00' });
  await waitFor(async () => (await runsOf(campaignId))[0]);
  await scheduler.stop();

  expect(performance.now() - startedMs).toBeLessThan(10_000);
});

it('rings for what was lost though another company has a zone that nobody knows, and says whose zone it is', async () => {
  const { companyId } = await lateRun('2026-06-07');
  await db.execute(`update company set time_zone = 'Nowhere/X' where id = $1`, [companyId]);
  const lost = await lostRun();

  const scheduler = schedulerAt('2026-06-07T13:00:00Z', { sweepEveryMs: NEVER_MS });
  await waitFor(() => isRung(lost), { what: 'the ring' });
  await waitFor(() => scheduler.log.lines.some(({ event }) => event === 'company.zoneUnknown'));
  await scheduler.stop();

  const fields = { companyId, timeZone: 'Nowhere/X' };
  expect(scheduler.log.lines).toContainEqual({ level: 'error', event: 'company.zoneUnknown', fields });
  await db.execute(`update company set time_zone = 'UTC' where id = $1`, [companyId]);
});

it('rings for what was lost while ending late runs waits for a lock', async () => {
  const lost = await lostRun();
  const scheduler = await db.transaction(async (tx) => {
    await tx.execute('lock table campaign_slot in access exclusive mode');
    const started = schedulerAt('2026-06-08T13:00:00Z', { sweepEveryMs: NEVER_MS, followEveryMs: NEVER_MS });
    await waitFor(() => isRung(lost), { what: 'the ring' });
    return started;
  });
  await scheduler.stop();

  expect(await isRung(lost)).toBe(true);
});

it('rings for what was lost, and tidies, while the file store does not answer', async () => {
  await endedRun();
  const lost = await lostRun();
  const silence = new AbortController();
  const store = Object.assign(new FakeFileStore(), { create: () => once(silence.signal, 'abort') as Promise<never> });
  let looks = 0;
  const dropEnded = async () => ++looks;

  const scheduler = schedulerAt('2026-06-09T00:00:00Z', {}, { store, audience: { dropEnded } });
  await waitFor(() => isRung(lost), { what: 'the ring' });
  await waitFor(() => looks > 1, { what: 'the second look for tables' });
  silence.abort();
  await scheduler.stop();

  expect(await isRung(lost)).toBe(true);
});

it('rings for what was lost, and seals logs, though a scratch table cannot be dropped, and says so', async () => {
  const ended = await endedRun();
  const lost = await lostRun();
  const dropEnded = () => Promise.reject(new TemporaryFailure('databaseUnavailable', 'somebody holds it'));

  const scheduler = schedulerAt('2026-06-09T00:00:00Z', {}, { audience: { dropEnded } });
  await waitFor(() => isRung(lost), { what: 'the ring' });
  await waitFor(() => hasLog(ended), { what: 'the log' });
  await scheduler.stop();

  const fields = { task: 'scratch tables', code: 'databaseUnavailable', message: 'somebody holds it' };
  expect(scheduler.log.lines).toContainEqual({ level: 'warn', event: 'scheduler.failed', fields });
});

it('removes the files of runs that are past their retention, and goes on with everything else while that hangs', async () => {
  const store = new FakeFileStore();
  const silence = new AbortController();
  const removeAll = store.removeAll.bind(store);
  const [hung, past] = [await pastRun(store), await pastRun(store)];
  store.removeAll = async (prefix) => {
    if (prefix.includes(hung)) await once(silence.signal, 'abort');
    await removeAll(prefix);
  };
  const lost = await lostRun();

  const scheduler = schedulerAt('2026-06-09T00:00:00Z', {}, { store });
  await waitFor(() => ![...store.files.keys()].some((key) => key.includes(past)), { what: 'the files to go' });
  await waitFor(() => isRung(lost), { what: 'the ring' });
  await scheduler.stop();
  silence.abort();

  expect([...store.files.keys()].some((key) => key.includes(hung))).toBe(true);
});

/** A run that its slot has begun that morning, and that no worker has taken. */
async function lateRun(day: string) {
  const made = await scheduled(`${day}T00:00:00Z`);
  const { runIds } = await recordDueSlots(movedClock(db, `${day}T07:00:00Z`), made.campaignId);
  return { ...made, runId: runIds[0] };
}

/** A new run of a company of its own. */
async function newRun() {
  const companyId = await insertCompany(db);
  const campaignId = await insertCampaign(db, { companyId });
  const runId = await db.transaction(async (tx) =>
    insertRun(tx, {
      settings: { ...(await readRunSettings(tx, campaignId)), hasOverride: false },
      ...{ trigger: 'manual', scheduledFor: null, requestId: null },
    }),
  );
  return { companyId, runId };
}

/** A run that has failed a while ago and has no log yet. */
async function endedRun() {
  const { runId } = await newRun();
  await db.execute(`update run set status = 'failed', finished_at = now() - interval '1 min' where id = $1`, [runId]);
  return runId;
}

/** A run that ended a day before all that its company keeps, with a file; its log was made, so that nothing else holds it. */
async function pastRun(store: FakeFileStore) {
  const { runId, companyId } = await newRun();
  const ended = `status = 'failed', finished_at = now() - interval '31 days', log_sealed_at = now()`;
  await db.execute(`update run set ${ended} where id = $1`, [runId]);
  store.files.set(`${companyId}/${runId}/1-query-1/query_results.csv`, Buffer.from('id'));
  return runId;
}

const hasLog = async (runId: string) => (await db.query('select from file where run_id = $1', [runId])).length > 0;

/** A run that has a place since a while, and of which the queue knows nothing. */
async function lostRun(): Promise<Ring> {
  const { companyId } = await newRun();
  const [ring] = await places(db, { placesPerCompany: 1, quietMs: 0 }).fill(companyId);
  if (!ring) throw new Error('the run got no place');
  await db.execute(`update run set updated_at = now() - interval '1 min' where id = $1`, [ring.runId]);
  return { ...ring, ring: ring.ring + 1 };
}

const isRung = async (ring: Ring) => (await queues.pendingRings([ring])).length === 1;

async function patternOf(campaignId: string): Promise<string | undefined> {
  for await (const schedule of queues.schedules()) if (schedule.campaignId === campaignId) return schedule.pattern;
  return undefined;
}

it('forgets short addresses that are past their time, and no others', async () => {
  const companyId = await insertCompany(db);
  await db.execute(
    `insert into sms_short_link (code, company_id, url, expires_at) values
       ('PASTxx', $1, 'https://example.com/', clock_timestamp()), ('LIVExx', $1, 'https://example.com/', 'infinity')`,
    [companyId],
  );
  const scheduler = schedulerAt('2026-06-01T07:00:00Z');
  const left = () => db.query('select code from sms_short_link where company_id = $1', [companyId]);
  await waitFor(async () => (await left()).length === 1, { what: 'the end of the past one' });
  await scheduler.stop();
  expect(await left()).toEqual([{ code: 'LIVExx' }]);
});

it('wants the charges of subscriptions that are due, each once, with two schedulers up', async () => {
  const { companyId, count } = await insertSubscriptions(db, { nextDue: '2031-03-05' });
  const schedulers = [schedulerAt('2031-03-05T09:00:01Z'), schedulerAt('2031-03-05T09:00:01Z')];
  const wanted = () =>
    db.query<{ guid: string }>(
      `select distinct subscription_guid as guid from sms_charge where company_id = $1 and due_date = '2031-03-05'`,
      [companyId],
    );
  await waitFor(async () => (await wanted()).length === count, { what: 'the charges' });
  await Promise.all(schedulers.map((scheduler) => scheduler.stop()));
  const [slots] = await db.query('select count(*)::int as all from sms_due');
  expect(slots).toEqual({ all: count });
  const told = schedulers.flatMap(({ log }) => log.lines.filter(({ event }) => event === 'subscriptions.due'));
  expect(told.reduce((sum, { fields }) => sum + Number(fields.count), 0)).toBe(count);
});
