import { type MusterError } from '@muster/core/errors';
import { webhookReceiverContract } from '@muster/testing/contracts/webhookReceiverContract';
import { isSigned, startWebhook, status, type Webhook, type WebhookAnswer } from '@muster/testing/startWebhook';
import { addressGuard } from './addressGuard/addressGuard.ts';
import { guardedAgents } from './addressGuard/guardedAgents.ts';
import { readAllowList } from './addressGuard/readAllowList.ts';
import { webhookReceiver, type WebhookSettings } from './webhookReceiver.ts';

const never = new AbortController().signal;

let webhook: Webhook;
beforeEach(async () => (webhook = await startWebhook()));
afterEach(() => webhook.stop());

describe('the adapter', () => {
  webhookReceiverContract(async () => ({
    ...{ receiver: webhookReceiver(settings()), url: webhook.url },
    answer: (code, retryAfterS) =>
      webhook.next(status(code, retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) })),
    fallSilent: () => webhook.always(() => undefined),
    seen: () => webhook.told.map(({ id, body }) => ({ id, body })),
  }));
});

it('sends the very bytes that it has signed', async () => {
  const key = Buffer.from('0123456789abcdef01234567');
  await send({ secret: `whsec_${key.toString('base64')}` });

  expect(webhook.told).toMatchObject([
    { id: 'AL-2345-6789', timestamp: '1780293600', contentType: 'application/json', body: '{"a":"ü"}' },
  ]);
  expect(isSigned(webhook.told[0]!, key)).toBe(true);
  expect(isSigned(webhook.told[0]!, Buffer.from('another'))).toBe(false);
});

it('says in a header what it is about, where the body does not', async () => {
  await send({ type: 'SmsMO.received' });
  await send();
  expect(webhook.told.map(({ type }) => type)).toEqual(['SmsMO.received', undefined]);
});

it('speaks of a webhook as it is called, and of its host', async () => {
  webhook.always(status(503));
  expect((await failureOf(send({ called: 'SMS webhook' }))).message).toMatch(/^The SMS webhook at 127\.0\.0\.1/);
});

it('follows no redirect', async () => {
  const elsewhere = await startWebhook();
  webhook.always(status(307, { location: elsewhere.url }));
  expect(await failureOf(send())).toMatchObject({ code: 'webhookRedirected' });
  expect(elsewhere.told).toEqual([]);
  await elsewhere.stop();
});

it.each<[string, WebhookAnswer]>([
  ['says nothing', () => undefined],
  ['drips its headers', drip],
  ['hangs up', (response) => void response.socket?.resetAndDestroy()],
])('ends in bounded time where the receiver %s', async (_, answer) => {
  webhook.always(answer);
  const startedMs = performance.now();
  expect(await failureOf(send({ timeoutMs: 300 }))).toMatchObject({
    ...{ name: 'TemporaryFailure', code: 'webhookUnavailable' },
  });
  expect(performance.now() - startedMs).toBeLessThan(2_000);
});

it('reads no body, however long it is', async () => {
  let written = 0;
  webhook.always((response) => {
    response.writeHead(200);
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536))) written += 65_536;
    };
    response.on('drain', more);
    more();
  });
  await send();
  expect(written).toBeLessThan(16 * 1024 * 1024);
});

it('takes a receiver that is not there for one that may come back', async () => {
  await webhook.stop();
  expect(await failureOf(send())).toMatchObject({ name: 'TemporaryFailure', details: { code: 'ECONNREFUSED' } });
});

it('goes to no address of the inside, and to none unencrypted, unless the operator lets it', async () => {
  expect(await failureOf(send({ allow: '' }))).toMatchObject({ code: 'addressForbidden' });
  expect(await failureOf(send({ allowHttp: () => false }))).toMatchObject({ code: 'webhookNotEncrypted' });
  expect(webhook.told).toEqual([]);
});

interface Sending extends Partial<WebhookSettings> {
  secret?: string | null;
  type?: string;
  allow?: string;
}

function send({ secret = 'secret-canary', type, ...change }: Sending = {}) {
  const message = { url: webhook.url, id: 'AL-2345-6789', body: '{"a":"ü"}', sentAt: new Date(1_780_293_600_000) };
  return webhookReceiver(settings(change)).send({ ...message, secret, ...(type !== undefined && { type }) }, never);
}

function settings({ allow = '127.0.0.1:*', ...change }: Sending = {}): WebhookSettings {
  const agents = guardedAgents(addressGuard({ allow: readAllowList(allow) }));
  return { called: 'alert webhook', agents, allowHttp: () => true, timeoutMs: 5_000, ...change };
}

function drip({ socket }: Parameters<WebhookAnswer>[0]) {
  socket?.write('HTTP/1.1 200 OK\r\nx-slow: ');
  const timer = setInterval(() => socket?.write('a'), 20);
  socket?.on('error', () => undefined).on('close', () => clearInterval(timer));
}

/** A sentence for people, which holds nothing of the address but its host, no secret, and no library's error. */
async function failureOf(sent: Promise<void>): Promise<MusterError> {
  const failure = await sent.then(
    () => new Error('it was taken'),
    (error: unknown) => error as MusterError,
  );
  expect(failure.message).toMatch(/127\.0\.0\.1/);
  expect(failure.cause).toBeUndefined();
  expect(JSON.stringify([failure.message, failure.stack, Object.entries(failure)])).not.toMatch(/canary/);
  return failure as MusterError;
}
