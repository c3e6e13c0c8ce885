import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { insertCampaign } from '@muster/testing/factories';
import { createApi } from './createApi.ts';
import { type LimitSettings, noLimits, openLimits } from './openLimits.ts';

let bench: ApiBench;
beforeAll(async () => void (bench = await apiBench(createApi)));
afterAll(() => bench.close());

const exporter = { contactMatchingCriteria: { contactType: ['phone'] }, columnSettings: [{ field: 'contact.value' }] };

describe('who calls', () => {
  it.each([
    ['no key', null],
    ['a malformed key', 'secret'],
    ['an unknown key', `mk_${'a'.repeat(12)}_${'b'.repeat(43)}`],
  ])('answers 401 to %s', async (_, key) => {
    const answer = await bench.call('GET', '/api/campaigns', { key });
    expect(answer).toMatchObject({
      status: 401,
      json: { status: 401, code: 'unauthenticated', requestId: expect.any(String) as string },
    });
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
  });

  it('takes a key as a bearer token, too', async () => {
    const headers = { Authorization: `Bearer ${bench.own.keys.viewer}` };
    expect(await bench.call('GET', '/api/campaigns', { key: null, headers })).toMatchObject({ status: 200 });
  });

  it('answers 401 to a key with the right id and another secret', async () => {
    const key = bench.own.keys.admin.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    expect(await bench.call('GET', '/api/campaigns', { key })).toMatchObject({ status: 401 });
  });

  it('answers 403 to a role that may not', async () => {
    const answer = await bench.call('POST', '/api/campaigns', { key: bench.own.keys.viewer, body: {} });
    expect(answer).toMatchObject({ status: 403, json: { code: 'forbidden' } });
  });

  it('lets no operator change exporters', async () => {
    const path = '/api/campaign-workers/contact-exporters';
    expect(await bench.call('POST', path, { key: bench.own.keys.operator, body: exporter })).toMatchObject({
      status: 403,
    });
  });

  it('answers the same under the path of the own company', async () => {
    expect(await bench.call('GET', `/api/companies/${bench.own.id}/campaigns`)).toMatchObject({ status: 200 });
  });

  it('answers 404 under the path of another company', async () => {
    const answer = await bench.call('GET', `/api/companies/${bench.other.id}/campaigns`);
    expect(answer).toMatchObject({ status: 404, json: { code: 'companyNotFound' } });
  });
});

describe('what cannot be read', () => {
  it('answers an unknown route with 404 in JSON', async () => {
    expect(await bench.call('GET', '/api/nothing')).toMatchObject({
      status: 404,
      json: { status: 404, code: 'routeNotFound' },
    });
    expect(await bench.call('GET', '/nothing', { key: null })).toMatchObject({ status: 404, json: { status: 404 } });
  });

  it.each(['{"name": ', '"text"', '[1', 'null'])('answers the malformed body %s with 400', async (body) => {
    const answer = await bench.call('POST', '/api/campaigns', { body });
    expect(answer.status).toBe(400);
    expect(answer.text).not.toMatch(/SyntaxError|Unexpected| at /);
  });

  it.each([
    ['none', {}],
    ['an empty one', { body: '' }],
    ['one of no chunks', { body: new Blob([]).stream() }],
  ])('answers 400 where a body is needed and %s is sent', async (_, sent) => {
    const answer = await fetch(`${bench.url}/api/campaigns`, {
      ...{ method: 'POST', duplex: 'half', ...sent },
      headers: { 'Content-Type': 'application/json', 'X-API-KEY': bench.own.keys.admin },
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ errors: [{ field: '', code: 'required' }] });
  });

  it('answers a body that is too large with 413', async () => {
    const answer = await bench.call('POST', '/api/campaigns', { body: { name: 'x'.repeat(101 * 1024) } });
    expect(answer).toMatchObject({ status: 413, json: { code: 'tooLarge' } });
  });

  it('answers a body that is no JSON with 415', async () => {
    const headers = { 'Content-Type': 'text/csv' };
    expect(await bench.call('POST', '/api/campaigns', { body: 'a,b', headers })).toMatchObject({ status: 415 });
  });

  it('answers a body nested 15,000 deep with 400', async () => {
    const body = `{"name":${'['.repeat(15_000)}${']'.repeat(15_000)}}`;
    expect(await bench.call('POST', '/api/campaigns', { body })).toMatchObject({ status: 400 });
  });

  it('answers 10 MB of opening brackets at once with 400', async () => {
    const campaign = await insertCampaign(bench.db, { companyId: bench.own.id });
    const answer = await bench.call('POST', `/api/campaigns/${campaign}/runs`, { body: '['.repeat(10_000_000) });
    expect(answer).toMatchObject({ status: 400, faults: [' wrongType'] });
  });

  it('answers a body in another charset with 415, and takes UTF-8 by name', async () => {
    const post = (charset: string) =>
      bench.call('POST', '/api/campaigns', { body: '{}', headers: { 'Content-Type': `application/json; ${charset}` } });
    expect(await post('charset=utf-16le')).toMatchObject({ status: 415 });
    expect(await post('charset="UTF-8"')).toMatchObject({ status: 200 });
  });

  it('quotes the exporter that a body names as it was given, with a word on ext-', async () => {
    const { json } = await bench.call('POST', '/api/campaigns', { body: { contactExporterId: 'ext-demo' } });
    expect(json['message']).toBe(
      'there is no contact exporter "ext-demo"; in bodies an external id stands without ext- in front',
    );
  });

  it.each(['__proto__', 'constructor', 'toString'])('refuses the key %s by name', async (key) => {
    const answer = await bench.call('POST', '/api/campaigns', { body: `{"${key}": {"polluted": true}}` });
    expect(answer).toMatchObject({ status: 400, faults: [`${key} unknownField`] });
  });

  it.each(['%00', '%E0%A4%A', '..%2f..%2fx', "'; drop table campaign; --", 'ext-%00', 'ext-', 'CM-1', '1'])(
    'answers the id %s with a plain 4xx',
    async (id) => {
      const answer = await bench.call('GET', `/api/campaigns/${id}`);
      expect([400, 404]).toContain(answer.status);
      expect(answer.json['requestId']).toEqual(expect.any(String));
    },
  );

  it.each(['limit=0', 'limit=101', 'limit=x', 'limit=1&limit=2', 'unknown=1', 'startingAfter='])(
    'refuses the query %s',
    async (query) => {
      expect(await bench.call('GET', `/api/campaigns?${query}`)).toMatchObject({ status: 400 });
    },
  );

  it('refuses an unknown cursor by name', async () => {
    const answer = await bench.call('GET', '/api/campaigns?startingAfter=CM-AAAA-AAAA');
    expect(answer).toMatchObject({ status: 404, faults: ['startingAfter cursorNotFound'] });
    expect(answer.json['message']).toBe('startingAfter names no object of this list');
  });
});

describe('every answer', () => {
  it('echoes the request id it was given', async () => {
    const answer = await bench.call('GET', '/api/nothing', { headers: { 'X-Request-Id': 'abc-1' } });
    expect(answer.headers.get('x-request-id')).toBe('abc-1');
    expect(answer.json['requestId']).toBe('abc-1');
  });

  it('makes a request id where none, or a strange one, was given', async () => {
    const answer = await bench.call('GET', '/livez', { headers: { 'X-Request-Id': 'a b"c' } });
    expect(answer.headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
  });

  it('says nothing of the software, and lets nobody store or sniff it', async () => {
    const { headers } = await bench.call('GET', '/api/campaigns');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
  });
});

describe('health', () => {
  it('is alive and ready', async () => {
    expect(await bench.call('GET', '/livez', { key: null })).toMatchObject({ status: 200 });
    const ready = await bench.call('GET', '/readyz', { key: null });
    expect(ready).toMatchObject({ status: 200, json: { database: 'reachable', queue: 'reachable' } });
  });

  it('stays ready while the queue is away, and tells so', async () => {
    const away = await apiBench(createApi, { isQueueReachable: () => Promise.reject(new Error('away')) });
    try {
      expect(await away.call('GET', '/readyz')).toMatchObject({ status: 200, json: { queue: 'unreachable' } });
    } finally {
      await away.close();
    }
  });

  it('answers 503 with Retry-After, and no detail, while the database is away', async () => {
    const away = await apiBench(createApi);
    try {
      await away.db.close();
      const answer = await away.call('GET', '/api/campaigns');
      expect(answer).toMatchObject({ status: 503, json: { code: 'databaseUnavailable' } });
      expect(answer.headers.get('retry-after')).toBe('5');
      expect(answer.text).not.toMatch(/select|pg|typeorm/i);
      expect(await away.call('GET', '/readyz')).toMatchObject({ status: 503, json: { database: 'unreachable' } });
      expect(await away.call('GET', '/livez')).toMatchObject({ status: 200 });
    } finally {
      await away.close();
    }
  });
});

describe('how much is let through', () => {
  const limited = (settings: Partial<LimitSettings>) =>
    apiBench((deps) => {
      const limits = openLimits({ ...noLimits, ...settings });
      return createApi({ ...deps, limits });
    });

  it('answers 429 to what comes beyond the rate of a key, and others go on', async () => {
    const few = await limited({ requestsPerMinute: 2 });
    const answers = [1, 2, 3].map(() => few.call('GET', '/api/campaigns'));
    expect((await Promise.all(answers)).map(({ status }) => status).sort()).toEqual([200, 200, 429]);
    const refused = await few.call('GET', '/api/campaigns');
    expect(refused).toMatchObject({ status: 429, json: { code: 'tooManyRequests' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await few.call('GET', '/api/campaigns', { key: few.other.keys.admin })).toMatchObject({ status: 200 });
    await few.close();
  });

  it('counts the starts of runs of a company by themselves', async () => {
    const few = await limited({ runStartsPerMinute: 1 });
    const [a, b] = [
      await insertCampaign(few.db, { companyId: few.own.id }),
      await insertCampaign(few.db, { companyId: few.own.id }),
    ];
    expect(await few.call('POST', `/api/campaigns/${a}/runs`, { body: {} })).toMatchObject({ status: 200 });
    expect(await few.call('POST', `/api/campaigns/${b}/runs`, { body: {} })).toMatchObject({ status: 429 });
    expect(await few.call('GET', `/api/campaigns/${a}/runs`)).toMatchObject({ status: 200 });
    await few.close();
  });
});
