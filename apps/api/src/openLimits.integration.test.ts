import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import express, { type RequestHandler, type Response } from 'express';
import { TemporaryFailure } from '@muster/core/errors';
import { type Caller } from '@muster/db/apiKeys';
import { scopesOf } from '@muster/core/roles';
import { fakeLog } from '@muster/testing/fakeLog';
import { waitFor } from '@muster/testing/waitFor';
import { authenticate } from './authenticate.ts';
import { errorHandler } from './errorHandler.ts';
import { identifyRequest } from './identifyRequest.ts';
import { type LimitSettings, noLimits, openLimits } from './openLimits.ts';

const limits = (change: Partial<LimitSettings>) => startBench({ ...noLimits, ...change });
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** An API whose keys are `<company>/<key>`, with `low` in front for a company that has low limits of its own. */
async function startBench(settings: LimitSettings) {
  const asked: string[] = [];
  const looking = new AbortController();
  const held: Response[] = [];
  const { failures, requests, inFlight, runStarts } = openLimits(settings);
  const find = async (key: string) => {
    asked.push(key);
    if (key === 'acme/slow') await new Promise((resolve) => looking.signal.addEventListener('abort', resolve));
    return callerOfKey(key);
  };
  const gone: Response[] = [];
  const noteGone: RequestHandler = (_req, res, next) => {
    res.once('close', () => res.writableFinished || gone.push(res));
    next();
  };
  const app = express().set('trust proxy', true).use(identifyRequest, noteGone);
  app.use(authenticate({ find }, { failures }));
  app.use(...requests, inFlight);
  app.get('/', (_req, res) => res.json({}));
  app.get('/held', (_req, res) => void held.push(res));
  app.post('/runs', runStarts, (_req, res) => res.json({}));
  const server = createServer(app.use(errorHandler(fakeLog())));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const call = async (method: string, path: string, { key = 'acme/1', ip = '192.0.2.1', signal }: Call = {}) => {
    const headers = { ...(key !== null && { 'X-API-KEY': key }), 'X-Forwarded-For': ip };
    const answer = await fetch(`${url}${path}`, { method, headers, ...(signal && { signal }) });
    const json = (await answer.json()) as Record<string, unknown>;
    return { status: answer.status, json, headers: answer.headers };
  };
  const statuses = async (count: number, options?: Call) => {
    const got: number[] = [];
    for (let i = 0; i < count; i++) got.push((await call('GET', '/', options)).status);
    return got;
  };
  return { call, statuses, asked, held, gone, find: () => looking.abort() };
}
interface Call {
  /** null for none. */
  key?: string | null;
  ip?: string;
  signal?: AbortSignal;
}

function callerOfKey(key: string): Caller | undefined {
  const [companyId, keyId] = key.split('/');
  if (companyId === 'away') throw new TemporaryFailure('databaseUnavailable', 'the database cannot be reached');
  if (companyId === undefined || keyId === undefined) return undefined;
  const own = {
    low: { requestsPerMinute: 2, runStartsPerMinute: 1 },
    high: { requestsPerMinute: 6, companyRequestsPerMinute: 8 },
    free: { requestsPerMinute: 0 },
  };
  const rateLimits = own[companyId as keyof typeof own] as Caller['rateLimits'];
  const role = keyId === 'carrier' ? 'carrier' : 'admin';
  return { companyId, keyId, role, scopes: scopesOf(role), ...(rateLimits && { rateLimits }) };
}

describe('requests', () => {
  it('beyond the limit of a minute are answered 429, with the seconds to wait', async () => {
    const bench = await limits({ requestsPerMinute: 3 });
    expect(await bench.statuses(4)).toEqual([200, 200, 200, 429]);
    const { json, headers } = await bench.call('GET', '/');
    expect(json).toMatchObject({ status: 429, code: 'tooManyRequests', requestId: expect.any(String) as string });
    expect(headers.get('retry-after')).toMatch(/^([1-9]|[1-5]\d|60)$/);
  });

  it('say on each answer what is left', async () => {
    const { headers } = await (await limits({ requestsPerMinute: 3 })).call('GET', '/');
    expect(Object.fromEntries(headers)).toMatchObject({
      'ratelimit-limit': '3',
      'ratelimit-remaining': '2',
      'ratelimit-reset': '60',
    });
  });

  it('are counted by credential: a flood of one touches no other, of its company or another', async () => {
    const bench = await limits({ requestsPerMinute: 2 });
    expect(await bench.statuses(3, { key: 'acme/1' })).toEqual([200, 200, 429]);
    expect(await bench.statuses(1, { key: 'acme/2' })).toEqual([200]);
    expect(await bench.statuses(1, { key: 'other/1' })).toEqual([200]);
  });

  it('have the limit of the company where it has its own: lower, higher or none', async () => {
    const bench = await limits({ requestsPerMinute: 4 });
    expect(await bench.statuses(3, { key: 'low/1' })).toEqual([200, 200, 429]);
    expect(await bench.statuses(7, { key: 'high/1' })).toEqual([200, 200, 200, 200, 200, 200, 429]);
    expect(new Set(await bench.statuses(9, { key: 'free/1' }))).toEqual(new Set([200]));
  });

  it('have no limit where it is 0', async () => {
    expect(new Set(await (await limits({})).statuses(20))).toEqual(new Set([200]));
  });
});

describe('requests of a carrier', () => {
  it('have a limit of their own, whatever the company’s, and take nothing of it', async () => {
    const bench = await limits({ requestsPerMinute: 1, companyRequestsPerMinute: 1, carrierRequestsPerMinute: 4 });
    expect(await bench.statuses(5, { key: 'low/carrier' })).toEqual([200, 200, 200, 200, 429]);
    expect(await bench.statuses(2, { key: 'acme/carrier' })).toEqual([200, 200]);
    expect(await bench.statuses(2, { key: 'acme/1' })).toEqual([200, 429]);
  });
});

describe('requests of a company', () => {
  it('beyond its limit of a minute are answered 429, whatever its keys', async () => {
    const bench = await limits({ companyRequestsPerMinute: 3 });
    expect([await bench.statuses(2), await bench.statuses(2, { key: 'acme/2' })]).toEqual([
      [200, 200],
      [200, 429],
    ]);
    expect((await bench.call('GET', '/', { key: 'acme/3' })).json).toMatchObject({
      message: 'too many requests of one company per minute: at most 3',
    });
    expect(await bench.statuses(1, { key: 'other/1' })).toEqual([200]);
  });

  it('may have a limit of their own', async () => {
    const bench = await limits({ companyRequestsPerMinute: 3 });
    expect(await bench.statuses(6, { key: 'high/1' })).not.toContain(429);
    expect(await bench.statuses(3, { key: 'high/2' })).toEqual([200, 200, 429]);
  });

  it('are not used up by a key that is past its own limit', async () => {
    const bench = await limits({ requestsPerMinute: 2, companyRequestsPerMinute: 3 });
    await bench.statuses(9);
    expect(await bench.statuses(2, { key: 'acme/2' })).toEqual([200, 429]);
  });

  it('say which of the limits is nearer', async () => {
    const bench = await limits({ requestsPerMinute: 4, companyRequestsPerMinute: 5 });
    const shown = async (key: string) => {
      const { headers } = await bench.call('GET', '/', { key });
      return [headers.get('ratelimit-limit'), headers.get('ratelimit-remaining')];
    };
    expect([await shown('acme/1'), await shown('acme/2'), await shown('acme/2'), await shown('acme/2')]).toEqual([
      ['4', '3'],
      ['5', '3'],
      ['5', '2'],
      ['5', '1'],
    ]);
  });
});

describe('starts of runs', () => {
  it('are counted by company, whatever its keys', async () => {
    const bench = await limits({ runStartsPerMinute: 2 });
    const start = async (key: string) => (await bench.call('POST', '/runs', { key })).status;
    expect([await start('acme/1'), await start('acme/2'), await start('acme/1')]).toEqual([200, 200, 429]);
    expect(await start('other/1')).toBe(200);
    expect([await start('low/1'), await start('low/2')]).toEqual([200, 429]);
    expect(await bench.statuses(1)).toEqual([200]);
  });

  it('say how long to wait', async () => {
    const bench = await limits({ runStartsPerMinute: 1 });
    await bench.call('POST', '/runs');
    expect(Number((await bench.call('POST', '/runs')).headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  });
});

describe('requests under way', () => {
  it('beyond the limit of a company are answered 429, those of others are not', async () => {
    const bench = await limits({ inFlightPerCompany: 2 });
    const underWay = [bench.call('GET', '/held', { key: 'acme/1' }), bench.call('GET', '/held', { key: 'acme/2' })];
    await waitFor(() => bench.held.length === 2);

    const refused = await bench.call('GET', '/');
    expect(refused).toMatchObject({ status: 429, json: { code: 'tooManyRequests' } });
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await bench.statuses(1, { key: 'other/1' })).toEqual([200]);

    for (const res of bench.held) res.json({});
    await Promise.all(underWay);
    await waitFor(async () => (await bench.statuses(1))[0] === 200);
  });

  it('are over when the caller goes away', async () => {
    const bench = await limits({ inFlightPerCompany: 1 });
    const leaving = new AbortController();
    const left = bench.call('GET', '/held', { signal: leaving.signal }).catch(() => 'left');
    await waitFor(() => bench.held.length === 1);
    leaving.abort();
    expect(await left).toBe('left');
    await waitFor(async () => (await bench.statuses(1))[0] === 200);
  });

  it('are over, too, when the caller went away before it was known who calls', async () => {
    const bench = await limits({ inFlightPerCompany: 1 });
    const leaving = new AbortController();
    const left = bench.call('GET', '/', { key: 'acme/slow', signal: leaving.signal }).catch(() => 'left');
    await waitFor(() => bench.asked.length === 1);
    leaving.abort();
    expect(await left).toBe('left');
    await waitFor(() => bench.gone.length === 1);
    bench.find();
    expect(await bench.statuses(2)).toEqual([200, 200]);
  });
});

describe('wrong credentials', () => {
  it('are none of one that is right and shown many times at once', async () => {
    const bench = await limits({ failuresPerMinute: 2 });
    const calls = Array.from({ length: 5 }, () => bench.call('GET', '/', { key: 'acme/slow' }));
    await waitFor(() => bench.asked.length === 5);
    bench.find();
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(Array(5).fill(200));
  });

  it('beyond the limit of a minute are answered 429, and not looked up', async () => {
    const bench = await limits({ failuresPerMinute: 3 });
    expect(await bench.statuses(4, { key: 'wrong' })).toEqual([401, 401, 401, 429]);
    expect(bench.asked).toHaveLength(3);
    const { headers, json } = await bench.call('GET', '/', { key: 'wrong again' });
    expect(json).toMatchObject({ code: 'tooManyRequests' });
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  });

  it('are looked up no oftener where they come all at once', async () => {
    const bench = await limits({ failuresPerMinute: 3 });
    const calls = Array.from({ length: 20 }, (_, i) => bench.call('GET', '/', { key: `wrong ${i}` }));
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(3);
    expect(bench.asked).toHaveLength(3);
  });

  it('are none where nobody could tell: the next one is looked up', async () => {
    const bench = await limits({ failuresPerMinute: 1 });
    expect(await bench.statuses(3, { key: 'away/1' })).toEqual([503, 503, 503]);
    expect(await bench.statuses(2, { key: 'acme/1' })).toEqual([200, 200]);
    expect(await bench.statuses(2, { key: 'wrong' })).toEqual([401, 429]);
  });

  it('shut out neither another address, nor a credential that was right of late', async () => {
    const bench = await limits({ failuresPerMinute: 2 });
    expect(await bench.statuses(1, { key: 'acme/1' })).toEqual([200]);
    await bench.statuses(3, { key: 'wrong' });
    expect(await bench.statuses(1, { key: 'acme/1' })).toEqual([200]);
    expect(await bench.statuses(1, { key: 'acme/2' })).toEqual([429]);
    expect(await bench.statuses(1, { key: 'acme/2', ip: '192.0.2.2' })).toEqual([200]);
  });

  it('are counted by network where the address is of IPv6', async () => {
    const bench = await limits({ failuresPerMinute: 2 });
    await bench.statuses(1, { key: 'wrong', ip: '2001:db8:0:1::1' });
    await bench.statuses(1, { key: 'wrong', ip: '2001:db8:0:1:a:b:c:d' });
    expect(await bench.statuses(1, { key: 'wrong', ip: '2001:db8::1:0:0:0:5' })).toEqual([429]);
    expect(await bench.statuses(1, { key: 'wrong', ip: '2001:db8:0:2::1' })).toEqual([401]);
  });

  it('do not count where nothing was shown', async () => {
    const bench = await limits({ failuresPerMinute: 1 });
    expect(await bench.statuses(3, { key: null })).toEqual([401, 401, 401]);
    expect(await bench.statuses(1)).toEqual([200]);
  });

  it('have no limit where it is 0', async () => {
    expect(new Set(await (await limits({})).statuses(9, { key: 'wrong' }))).toEqual(new Set([401]));
  });
});
