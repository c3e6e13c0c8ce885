import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type Express } from 'express';
import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { insertCampaign } from '@muster/testing/factories';
import { createApi } from './createApi.ts';
import { type Listening, serveApi } from './serveApi.ts';

const MB = 1_000_000;
let app: Express;
let bench: ApiBench;
let api: Listening;
let campaign: string;
beforeAll(async () => {
  bench = await apiBench((deps) => (app = createApi(deps)));
  api = await serveApi(app, { host: '127.0.0.1', port: 0, requestWithinMs: 3_000 });
  campaign = await insertCampaign(bench.db, { companyId: bench.own.id });
});
afterAll(async () => {
  await api.close(0);
  await bench.close();
});
afterEach(async () => {
  if ('polluted' in {}) throw new Error('all objects have a field more');
  const { status } = await bench.call('GET', `/api/campaigns/${campaign}`);
  if (status !== 200) throw new Error(`the API answers ${status} from now on`);
});

const post = (body: unknown, headers: Record<string, string> = {}) =>
  bench.call('POST', '/api/campaigns', { body, headers });

/** Every operation of the description that takes JSON: its method, and an address. */
async function takersOfJson(): Promise<[method: string, path: string][]> {
  interface Described {
    paths: Record<string, Record<string, { requestBody?: { content: object } }>>;
  }
  const { paths } = (await bench.call('GET', '/api/openapi.json', { key: null })).json as unknown as Described;
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([, { requestBody }]) => requestBody && 'application/json' in requestBody.content)
      .map(([method]): [string, string] => {
        const address = path.replace('{companyId}', bench.own.id).replace('{campaignId}', campaign);
        return [method.toUpperCase(), `/api${address.replaceAll(/\{\w+\}/g, 'XX-2222-2222')}`];
      }),
  );
}

async function statusesOf(body: string | Uint8Array): Promise<Set<number>> {
  const statuses = new Set<number>();
  for (const [method, path] of await takersOfJson()) statuses.add((await bench.call(method, path, { body })).status);
  return statuses;
}

describe('a body that nobody should send, to every operation that takes JSON', () => {
  const nested = (levels: number) => `{"name":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`;

  it.each([
    ['15,000 levels deep', nested(15_000)],
    ['a thousand levels deep, in lists', `{"name":${'['.repeat(1_000)}${']'.repeat(1_000)}}`],
    ['__proto__', '{"__proto__":{"polluted":true}}'],
    ['constructor.prototype', '{"constructor":{"prototype":{"polluted":true}}}'],
    ['__proto__ further down', '{"name":{"__proto__":{"polluted":true}},"externalId":{"constructor":1}}'],
    ['a field called NUL', '{"\\u0000":1}'],
    ['a field that is half a character', '{"\\ud800":"\\udc00"}'],
    ['the number 1e400', '{"name":1e400,"externalId":-0}'],
    ['bytes that are no UTF-8', Buffer.from('{"externalId":"\xff\xfe\xc3("}', 'latin1')],
    ['half a character in bytes', Buffer.from('{"externalId":"\xed\xa0\x80"}', 'latin1')],
  ])('is refused: %s', async (_, body) => {
    const statuses = await statusesOf(body);
    for (const status of statuses) expect([400, 404]).toContain(status);
    expect(statuses).toContain(400);
  });

  it('is refused in an answer that is no larger by much: thousands of unknown fields', async () => {
    const body = Object.fromEntries(Array.from({ length: 7_500 }, (_, at) => [`f${at}`, null]));
    const { status, text, json, faults } = await post(body);
    expect({ status, faults: faults.length }).toEqual({ status: 400, faults: 1_000 });
    expect(text.length).toBeLessThan(200_000);
    expect(json['message']).toMatch(/^f0: is not a known field; .*…$/);
  });

  it('is refused: 10 MB', async () => {
    const statuses = await statusesOf(Buffer.alloc(10 * MB, ' '));
    for (const status of statuses) expect([400, 404, 413]).toContain(status);
    expect(statuses).toContain(413);
  });
});

describe('a text that cannot be stored', () => {
  it.each(['a\0b', '\ud800', 'x\udfff', '\u0007'])('is refused by its field: %j', async (externalId) => {
    expect(await post({ externalId })).toMatchObject({ status: 400, faults: [expect.stringMatching(/^externalId /)] });
  });
});

describe('a packed body', () => {
  it('may not become too large', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * MB, ' '));
    expect(bomb.length).toBeLessThan(100_000);
    expect(await post(bomb, { 'Content-Encoding': 'gzip' })).toMatchObject({ status: 413, json: { code: 'tooLarge' } });
  });

  it.each([
    ['gzip', 'none of it', 400],
    ['gzip', gzipSync('{}').subarray(0, 12), 400],
    ['x-unknown', '{}', 415],
    ['gzip, gzip', '{}', 415],
  ])('of %s that cannot be unpacked is refused', async (encoding, body, status) => {
    expect(await post(body, { 'Content-Encoding': encoding })).toMatchObject({ status });
  });
});

it('holds no bodies of 10 MB in memory', async () => {
  const headers = ['Content-Type: application/json', `Content-Length: ${10 * MB}`];
  const sent = bytesOf({ method: 'POST', path: '/api/campaigns', headers, body: Buffer.alloc(10 * MB, '{"a":"') });
  const before = process.memoryUsage().external;
  let most = 0;
  const look = setInterval(() => (most = Math.max(most, process.memoryUsage().external - before)), 5);
  const answers = await Promise.all(Array.from({ length: 10 }, () => exchange(sent)));
  clearInterval(look);
  for (const answer of answers) expect(answer).toMatch(/^HTTP\/1.1 413 /);
  expect(most).toBeLessThan(30 * MB);
});

it.each([
  '/api/campaigns/%2e%2e',
  '/api/campaigns/%00',
  '/api/%2e%2e/livez',
  '/api//campaigns',
  `/api/${'x/'.repeat(4_000)}`,
])('answers an address with a plain 4xx: %#', async (path) => {
  expect(await talk({ path })).toMatch(/^HTTP\/1.1 40[04] .*\{"status":40[04],/s);
});

const json = 'Content-Type: application/json';
const creation: RawRequest = { method: 'POST', path: '/api/campaigns' };

it.each<[string, RawRequest]>([
  ['10,000 parameters', { path: `/api/campaigns?${'a=1&'.repeat(10_000)}` }],
  ['2,000 parameters', { path: `/api/campaigns?${'a=1&'.repeat(2_000)}` }],
  ['a header of 100 kB', { headers: [`X-Long: ${'x'.repeat(100_000)}`] }],
  ['an address of 100 kB', { path: `/api/campaigns/${'x'.repeat(100_000)}` }],
  ['two lengths', { ...creation, headers: [json, 'Content-Length: 2', 'Content-Length: 3'], body: '{}' }],
  [
    'a length and chunks',
    { ...creation, headers: [json, 'Content-Length: 2', 'Transfer-Encoding: chunked'], body: '{}' },
  ],
  ['a length below 0', { ...creation, headers: [json, 'Content-Length: -1'] }],
  [
    'a chunk that is none',
    { ...creation, headers: [json, 'Transfer-Encoding: chunked'], body: 'zz\r\n{}\r\n0\r\n\r\n' },
  ],
  ['chunks within chunks', { ...creation, headers: [json, 'Transfer-Encoding: chunked, chunked'], body: '0\r\n\r\n' }],
  ['an unknown method', { method: 'FETCH' }],
  ['TRACE', { method: 'TRACE' }],
  ['CONNECT', { method: 'CONNECT', path: 'example.com:443' }],
  ['an expectation', { headers: ['Expect: the-unexpected'] }],
  ['a line break in a header', { headers: ['X-A: 1\n\n2'] }],
  ['NUL in a header', { headers: ['X-A: \0'] }],
  ['the beginning of a body', { ...creation, headers: [json, 'Content-Length: 100'], body: '{"na' }],
])('refuses %s with a 4xx or by hanging up', async (_, request) => {
  expect(await talk(request)).toMatch(/^(HTTP\/1.1 4\d\d |$)/);
});

it('hangs up on what is no HTTP', async () => {
  expect(await exchange(Buffer.from('\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03', 'latin1'))).toMatch(
    /^(HTTP\/1.1 400 |$)/,
  );
});

it('answers 408 to who sends a byte now and then', async () => {
  const slow = { ...creation, headers: [json, 'Content-Length: 1000'], body: '{' };
  expect(await talk(slow, { drip: true })).toMatch(/^HTTP\/1.1 408 /);
});

it('takes who has closed his half for gone, or answers him', async () => {
  const whole = { path: `/api/campaigns/${campaign}` };
  expect(await talk(whole, { half: true })).toMatch(/^(HTTP\/1.1 200 |$)/);
  const cut = { ...creation, headers: [json, 'Content-Length: 1000'], body: '{' };
  expect(await talk(cut, { half: true })).toMatch(/^(HTTP\/1.1 4\d\d |$)/);
});

it('answers requests that come in one go, one after another', async () => {
  const first = Buffer.from('GET /livez HTTP/1.1\r\nHost: api\r\n\r\n');
  const both = Buffer.concat([first, bytesOf({ path: '/api/nothing' })]);
  expect(await exchange(both)).toMatch(/^HTTP\/1.1 200 .*HTTP\/1.1 404 /s);
});

it('lets a body come that waits for 100 Continue', async () => {
  const waiting = { ...creation, headers: [json, 'Expect: 100-continue', 'Content-Length: 2'], body: '{}' };
  expect(await talk(waiting)).toMatch(/^HTTP\/1.1 100 .*HTTP\/1.1 200 /s);
});

interface RawRequest {
  method?: string;
  path?: string;
  headers?: string[];
  body?: string | Buffer;
}

interface Manner {
  /** Sends a byte more now and then. */
  drip?: boolean;
  /** Closes the own half of the connection. */
  half?: boolean;
}

function bytesOf({ method = 'GET', path = '/api/campaigns', headers = [], body = '' }: RawRequest): Buffer {
  const key = `X-API-KEY: ${bench.own.keys.admin}`;
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: api', key, 'Connection: close', ...headers];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(body as string)]);
}

function talk(request: RawRequest, manner: Manner = {}) {
  return exchange(bytesOf(request), manner);
}

/** Sends bytes as they are; gives all that came back until the connection was closed. */
function exchange(bytes: Buffer, { drip = false, half = false }: Manner = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(new URL(api.url).port), host: '127.0.0.1', allowHalfOpen: false });
    const chunks: Buffer[] = [];
    const tooLate = setTimeout(() => {
      reject(new Error(`the connection is still open after: ${Buffer.concat(chunks).toString()}`));
      socket.destroy();
    }, 10_000);
    const dripping = setInterval(() => drip && socket.write(' '), 50);
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(tooLate);
      clearInterval(dripping);
      resolve(Buffer.concat(chunks).toString());
    });
    if (half) socket.end(bytes);
    else socket.write(bytes);
  });
}
