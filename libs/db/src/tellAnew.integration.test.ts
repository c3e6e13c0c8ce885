import { randomBytes } from 'node:crypto';
import { openSecretBox } from '@muster/core/secretBox';
import { deliverAlerts } from '@muster/pipeline/deliverAlerts';
import { FakeWebhookReceiver } from '@muster/testing/fakeWebhookReceiver';
import { insertCampaign, insertCompany, insertRow } from '@muster/testing/factories';
import { fakeLog } from '@muster/testing/fakeLog';
import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import { waitFor } from '@muster/testing/waitFor';
import { alertOutbox } from './alertOutbox.ts';
import { changeCompany, companySecretPlace, readCompany, type SealedCallee } from './companySettings.ts';
import { openDatabase, type OpenDatabase } from './openDatabase.ts';

const box = openSecretBox({ key: randomBytes(32).toString('base64') });
const [old, mended] = ['https://old.example.com/', 'https://mended.example.com/'];

let server: TestDatabase;
let db: OpenDatabase;
beforeEach(async () => {
  server = await createTestDatabase();
  db = await openDatabase({ url: server.url, poolSize: 4 });
});
afterEach(async () => {
  await db.close();
  await server.drop();
});

/** A company whose webhook is the old one, with an open alert in each of these states. */
async function companyWith(...webhooks: string[]) {
  const company = db.forCompany(await insertCompany(db));
  const seal = (text: string) => box.seal(text, companySecretPlace(company.companyId, 'alertWebhook'));
  const secret = seal('hush');
  const name = (alertWebhook: SealedCallee | null) =>
    company.transaction(async (tx) => changeCompany(tx, await readCompany(tx, { lock: true }), { alertWebhook }));
  await name({ url: old, secret });
  const campaignId = await insertCampaign(db, { companyId: company.companyId });
  const raise = (webhook: string, more: object = {}) =>
    insertRow(db, 'alert', {
      ...{ companyId: company.companyId, campaignId, kind: 'slot.missed', code: 'missed', message: 'Told', webhook },
      ...{ tries: webhook === 'none' ? 0 : 3, lastError: 'it answers 500' },
      ...(webhook === 'pending' && { nextTryAt: new Date(Date.now() + 36_000_000) }),
      ...more,
    });
  for (const webhook of webhooks) await raise(webhook);
  const states = async () =>
    (
      await company.query<{ state: string }>(
        `select webhook || ' ' || tries as state from alert order by created_at, id`,
      )
    ).map(({ state }) => state);
  return { seal, secret, name, raise, states };
}

function sender(receiver = new FakeWebhookReceiver()) {
  const send = () =>
    deliverAlerts({ outbox: alertOutbox(db, box), receiver, log: fakeLog() }, new AbortController().signal);
  return { receiver, send };
}

it.each<[string, (seal: (text: string) => string) => SealedCallee]>([
  ['another address', (seal) => ({ url: mended, secret: seal('hush') })],
  ['another secret', (seal) => ({ url: old, secret: seal('sesame') })],
  ['no secret any more', () => ({ url: old, secret: null })],
])(
  'tells a webhook that has got %s at once of what is open and was not told, from the first try on',
  async (_, named) => {
    const { name, seal, raise, states } = await companyWith('dead', 'pending', 'delivered', 'none');
    await raise('dead', { resolvedAt: new Date() });

    await name(named(seal));

    expect(await states()).toEqual(['pending 0', 'pending 0', 'delivered 3', 'pending 0', 'dead 3']);
    const { receiver, send } = sender();
    expect(await send()).toBe(3);
    expect(new Set(receiver.seen.map(({ url }) => url))).toEqual(new Set([named(seal).url]));
  },
);

it('tells it also where there was no webhook for a while', async () => {
  const { name, states } = await companyWith('dead', 'pending');
  await db.execute(`update alert set next_try_at = now() where webhook = 'pending'`);
  await name(null);
  await sender().send();
  expect(await states()).toEqual(['dead 3', 'none 4']);

  await name({ url: mended, secret: null });

  expect(await states()).toEqual(['pending 0', 'pending 0']);
});

it('tells a first webhook of all that is open, in portions, and of nothing that is closed', async () => {
  const { name, raise, states } = await companyWith('none', 'none', 'none', 'none', 'none');
  await raise('none', { resolvedAt: new Date() });
  await name(null);

  await name({ url: mended, secret: null });

  expect(await states()).toEqual([...Array<string>(5).fill('pending 0'), 'none 0']);
  const { receiver, send } = sender();
  expect([await send(), await send(), await send()]).toEqual([4, 1, 0]);
  expect(new Set(receiver.seen.map(({ id }) => id)).size).toBe(5);
});

it('leaves the waits as they are where the webhook stays the same', async () => {
  const { name, secret, states } = await companyWith('dead', 'pending');
  await name({ url: old, secret });
  expect(await states()).toEqual(['dead 3', 'pending 3']);
});

it('records nothing of what the webhook before still answers', async () => {
  const { name, states, raise } = await companyWith();
  await raise('pending', { tries: 0, nextTryAt: new Date(Date.now() - 1_000) });
  const slow = sender();
  slow.receiver.statuses.push(410);
  let answer: () => void = () => undefined;
  slow.receiver.gate = new Promise((resolve) => (answer = () => resolve()));
  const sending = slow.send();
  await waitFor(() => slow.receiver.seen.length === 1);
  await name({ url: mended, secret: null });
  const next = sender();
  next.receiver.gate = slow.receiver.gate;
  const sendingNext = next.send();
  await waitFor(() => next.receiver.seen.length === 1);

  answer();
  await Promise.all([sending, sendingNext]);

  expect([...slow.receiver.seen, ...next.receiver.seen].map(({ url }) => url)).toEqual([old, mended]);
  expect(await states()).toEqual(['delivered 1']);
});
