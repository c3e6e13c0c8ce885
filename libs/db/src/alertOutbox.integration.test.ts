import { randomBytes } from 'node:crypto';
import { openSecretBox } from '@muster/core/secretBox';
import { deliverAlerts } from '@muster/pipeline/deliverAlerts';
import { FakeWebhookReceiver } from '@muster/testing/fakeWebhookReceiver';
import { insertCampaign, insertCompany } from '@muster/testing/factories';
import { fakeLog } from '@muster/testing/fakeLog';
import { movedClock } from '@muster/testing/movedClock';
import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import { waitFor } from '@muster/testing/waitFor';
import { alertOutbox } from './alertOutbox.ts';
import { alertColumns, type AlertRow } from './alerts.ts';
import { companySecretPlace } from './companySettings.ts';
import { openDatabase, type OpenDatabase } from './openDatabase.ts';
import { proveSecretKey } from './proveSecretKey.ts';
import { rotateSecretKey } from './rotateSecretKey.ts';

const never = new AbortController().signal;
const box = openSecretBox({ key: randomBytes(32).toString('base64') });
const MINUTE_MS = 60_000;

let server: TestDatabase;
let db: OpenDatabase;
beforeEach(async () => {
  server = await createTestDatabase();
  db = await openDatabase({ url: server.url, poolSize: 6 });
});
afterEach(async () => {
  await db.close();
  await server.drop();
});

/** A company with a webhook and so many alerts of one campaign. */
async function companyWith(count: number, { secret = 'hush', url = 'https://hooks.example.com/a' } = {}) {
  const companyId = await insertCompany(db);
  const sealed = box.seal(secret, companySecretPlace(companyId, 'alertWebhook'));
  await db.execute('update company set alert_webhook = $2 where id = $1', [companyId, { url, secret: sealed }]);
  const campaignId = await insertCampaign(db, { companyId, name: 'Early arrears' });
  await db.query(
    `select raise_alert($1, 'run.failed', $3 || n, null, null, null, 'countsDiffer', 'Told') from generate_series(1, $2) n`,
    [campaignId, count, `CR-${companyId}-`],
  );
  return { companyId, campaignId };
}

const alerts = (where = 'true') =>
  db.query<AlertRow & { companyId: string }>(
    `select ${alertColumns}, company_id as "companyId" from alert item where ${where} order by created_at, id`,
  );

/** A sender of its own; its clock stands `atMs` after now. */
function sender(receiver = new FakeWebhookReceiver()) {
  const log = fakeLog();
  const send = (atMs = 0, signal = never) => {
    const clock = movedClock(db, new Date(Date.now() + 1_000 + atMs));
    return deliverAlerts({ outbox: alertOutbox(clock, box), receiver, log }, signal);
  };
  return { receiver, log, send };
}

it('tells the webhook what is wrong, once, with the company’s secret', async () => {
  const { companyId, campaignId } = await companyWith(1);
  const { receiver, send } = sender();
  const [alert] = await alerts();

  expect(await send()).toBe(1);

  expect(receiver.seen).toMatchObject([{ url: 'https://hooks.example.com/a', id: alert?.id, secret: 'hush' }]);
  expect(JSON.parse(receiver.seen[0]!.body)).toEqual({
    ...{ type: 'run.failed', timestamp: alert?.createdAt.toISOString() },
    data: {
      ...{
        alertId: alert?.id,
        companyId,
        campaignId,
        campaignName: 'Early arrears',
        runId: `CR-${companyId}-1`,
        file: null,
        slots: null,
        dueDate: null,
      },
      ...{ code: 'countsDiffer', message: 'Told', resolvedAt: null },
    },
  });
  expect(await alerts()).toMatchObject([{ webhook: 'delivered', tries: 1, nextTryAt: null, lastError: null }]);
  expect(await send(86_400_000)).toBe(0);
});

it('tries for a day, with waits that grow, under the same id, and keeps what it could not tell in the list', async () => {
  await companyWith(1);
  const { receiver, send, log } = sender();
  receiver.statuses.push(...Array<number>(20).fill(503));

  let atMs = 0;
  const waits: number[] = [];
  for (let tries = 1; tries <= 20; tries++) {
    await send(atMs);
    const [alert] = await alerts();
    if (!alert?.nextTryAt) break;
    expect(await send(atMs)).toBe(0); // not before its time
    const wait = alert.nextTryAt.getTime() - Date.now() - atMs;
    waits.push(Math.round(wait / 1000));
    atMs += wait;
  }

  expect(new Set(receiver.seen.map(({ id }) => id)).size).toBe(1);
  expect(receiver.seen).toHaveLength(8);
  expect(atMs / 3_600_000).toBeGreaterThan(21);
  expect([...waits].sort((a, b) => a - b)).toEqual(waits);
  expect(await alerts()).toMatchObject([
    { webhook: 'dead', tries: 8, lastError: 'it answers 503', resolvedAt: null, deliveredAt: null },
  ]);
  expect(log.lines.at(-1)).toMatchObject({
    level: 'error',
    event: 'alert.givenUp',
    fields: { code: 'webhookRefused' },
  });
});

it('waits as long as the receiver asks', async () => {
  await companyWith(1);
  const { receiver, send } = sender();
  receiver.statuses.push(429);
  receiver.retryAfterMs = 20 * MINUTE_MS;
  await send();
  expect(await send(19 * MINUTE_MS)).toBe(0);
  expect(await send(21 * MINUTE_MS)).toBe(1);
  expect(await alerts()).toMatchObject([{ webhook: 'delivered', tries: 2 }]);
});

it('stops at once where the receiver wants no more', async () => {
  await companyWith(1);
  const { receiver, send } = sender();
  receiver.statuses.push(410);
  await send();
  expect(await send(86_400_000)).toBe(0);
  expect(await alerts()).toMatchObject([{ webhook: 'dead', tries: 1, lastError: 'it wants no more' }]);
});

it('sends the same again, under the same id, where the sender died before it could record', async () => {
  await companyWith(1);
  const dying = sender();
  const stop = new AbortController();
  dying.receiver.gate = new Promise(() => undefined);
  const sending = dying.send(0, stop.signal);
  await waitFor(() => dying.receiver.seen.length === 1);
  const next = sender();
  expect(await next.send()).toBe(0); // held
  stop.abort();
  await sending;

  expect(await next.send(61_000)).toBe(1);

  expect(next.receiver.seen.map(({ id }) => id)).toEqual(dying.receiver.seen.map(({ id }) => id));
  expect(await alerts()).toMatchObject([{ webhook: 'delivered', tries: 2 }]);
});

it('is told by one sender at a time, however many there are', async () => {
  await companyWith(20);
  const receiver = new FakeWebhookReceiver();
  const senders = [sender(receiver), sender(receiver), sender(receiver)];
  for (let round = 0; round < 6; round++) await Promise.all(senders.map(({ send }) => send()));
  expect(new Set(receiver.seen.map(({ id }) => id)).size).toBe(20);
  expect(receiver.seen).toHaveLength(20);
});

it('lets no company’s backlog hold up another company’s alert', async () => {
  await companyWith(100, { url: 'https://slow.example.com/' });
  const { companyId } = await companyWith(1);
  const { receiver, send } = sender();
  await send();
  expect(receiver.seen.filter(({ url }) => url.includes('slow')).length).toBeLessThanOrEqual(4);
  expect((await alerts(`webhook = 'delivered'`)).map((alert) => alert.companyId)).toContain(companyId);
});

/** The list as a sender sees it so many minutes after now. */
const outboxIn = (minutes: number) =>
  alertOutbox(movedClock(db, new Date(Date.now() + 1_000 + minutes * MINUTE_MS)), box);

it('asks of every company before it asks twice of one', async () => {
  const longest = await companyWith(4);
  const others = [await companyWith(1), await companyWith(1), await companyWith(1)];

  const claimed = await outboxIn(0).claim({ limit: 4, perCompany: 4, leaseMs: MINUTE_MS });

  const companies = [longest, ...others].map(({ companyId }) => companyId);
  expect(claimed.map(({ companyId }) => companyId).sort()).toEqual(companies.sort());
});

it('records nothing of a try that another has overtaken', async () => {
  await companyWith(1);
  const wanted = { limit: 1, perCompany: 1, leaseMs: MINUTE_MS };
  const [overtaken] = await outboxIn(0).claim(wanted);
  const [latest] = await outboxIn(2).claim(wanted);
  expect(latest).toMatchObject({ id: overtaken?.id, tries: 2 });

  await outboxIn(2).giveUp(overtaken!, 'it wants no more');
  await outboxIn(2).noteDelivered(overtaken!);
  expect(await alerts()).toMatchObject([{ webhook: 'pending', lastError: null }]);

  await outboxIn(2).noteDelivered(latest!);
  expect(await alerts()).toMatchObject([{ webhook: 'delivered', tries: 2 }]);
});

it('tells the webhook as it is now, and nobody where there is none any more', async () => {
  const [changed, gone] = [await companyWith(1), await companyWith(1)];
  const url = 'https://new.example.com/';
  await db.execute('update company set alert_webhook = $2 where id = $1', [changed.companyId, { url, secret: null }]);
  await db.execute('update company set alert_webhook = null where id = $1', [gone.companyId]);
  const { receiver, send } = sender();
  await send();
  expect(receiver.seen).toMatchObject([{ url, secret: null }]);
  expect(await alerts(`company_id = '${gone.companyId}'`)).toMatchObject([{ webhook: 'none', nextTryAt: null }]);
});

it('holds up nobody by a secret that cannot be opened', async () => {
  const moved = await companyWith(1);
  await companyWith(1);
  await db.execute(`update company set alert_webhook = $2 where id = $1`, [
    moved.companyId,
    { url: 'https://a.example.com/', secret: 'v1.other.a.b.c' },
  ]);
  const { receiver, send } = sender();
  await send();
  expect(receiver.seen).toHaveLength(1);
  expect(await alerts(`company_id = '${moved.companyId}'`)).toMatchObject([{ webhook: 'pending', tries: 1 }]);
});

it('takes no alert once the key of the process was replaced: another process tells them', async () => {
  await companyWith(1);
  await proveSecretKey(db, box);
  await rotateSecretKey(db, { from: box, to: openSecretBox({ key: randomBytes(32).toString('base64') }) });
  const { receiver, send } = sender();

  await expect(send()).rejects.toMatchObject({ code: 'secretKeyReplaced' });

  expect(receiver.seen).toEqual([]);
  expect(await alerts()).toMatchObject([{ webhook: 'pending', tries: 0 }]);
});

it('shows a company its own alerts only', async () => {
  const [own] = [await companyWith(2), await companyWith(3)];
  expect(await db.forCompany(own.companyId).query('select id from alert')).toHaveLength(2);
});
