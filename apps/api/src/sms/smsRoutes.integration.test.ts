import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { md5Of as md5, smsCaller, type SmsSent } from '@muster/testing/smsCaller';
import { createApi } from '../createApi.ts';

let bench: ApiBench;
beforeAll(async () => (bench = await apiBench(createApi)));
afterAll(() => bench.close());

const campaign = { campaignName: 'Winter appeal', replyText: 'Thank you', serviceType: 'Message' };
const call = (...[method, path, sent]: Parameters<ReturnType<typeof smsCaller>>) =>
  smsCaller(bench)(method, path, sent);
const create = (body: object = campaign, more: SmsSent = {}) => call('POST', '/campaign', { body, ...more });

describe('who may call', () => {
  it('shows an API key as the whole of Authorization', async () => {
    expect((await call('GET', '/campaigns')).status).toBe(200);
  });

  it.each([
    ['nothing', ''],
    ['a key that nobody has', `mk_${'a'.repeat(12)}_${'b'.repeat(43)}`],
    ['a bearer', 'Bearer x'],
  ])('is refused with 401 for %s', async (_, key) => {
    expect(await call('GET', '/campaigns', { key })).toMatchObject({
      status: 401,
      json: { errorCode: '10008', errorDescription: expect.stringContaining('API key') as string },
    });
  });

  it('is refused with 403 where the role does not allow it', async () => {
    const { status, json } = await create(campaign, { key: bench.own.keys.viewer });
    expect({ status, json }).toMatchObject({ status: 403, json: { errorCode: '10009' } });
  });

  it('is the carrier alone who brings texts in, and does nothing else', async () => {
    const body = JSON.stringify({ messageId: 'm1', msisdn: '4520123456', channel: '1217', text: 'GIV' });
    expect((await call('POST', '/SmsMO', { body, key: bench.own.keys.admin })).status).toBe(403);
    expect((await call('POST', '/SmsMO', { body, key: bench.own.keys.carrier })).status).toBe(200);
    expect((await call('GET', '/campaigns', { key: bench.own.keys.carrier })).status).toBe(403);
  });

  it('sees nothing of another company', async () => {
    const { json } = await create();
    const path = `/campaign/${String(json['campaignGuid'])}`;
    const key = bench.other.keys.admin;
    expect(await call('GET', path, { key })).toMatchObject({ status: 404, json: { errorCode: '10022' } });
    expect(await call('POST', `${path}/Cancel`, { key })).toMatchObject({ status: 404 });
    expect((await call('GET', '/campaigns', { key })).text).toBe('[]');
  });
});

describe('a body', () => {
  const body = JSON.stringify(campaign);

  it.each([
    ['Content-MD5', md5(body)],
    ['Content-MD5', md5(body).toUpperCase()],
    ['RequestMD5', md5(body)],
  ])('bears its MD5 in %s: %s', async (name, value) => {
    const headers = { 'Content-Type': 'application/json', [name]: value, Authorization: bench.own.keys.admin };
    expect((await bench.call('POST', '/sms/campaign', { key: null, body, headers })).status).toBe(201);
  });

  it.each([
    ['of another body', { 'Content-MD5': md5(`${body} `) }, '10003'],
    ['that is none', { 'Content-MD5': 'x' }, '10003'],
    ['that is right in one header and wrong in the other', { RequestMD5: md5('') }, '10003'],
  ])('is refused with an MD5 %s', async (_, headers, errorCode) => {
    expect(await create(campaign, { headers })).toMatchObject({ status: 400, json: { errorCode } });
  });

  it('is refused without an MD5, unless the organisation is lenient', async () => {
    const headers = { 'Content-Type': 'application/json', Authorization: bench.other.keys.admin };
    const bare = () => bench.call('POST', '/sms/campaign', { key: null, body, headers });
    expect(await bare()).toMatchObject({ status: 400, json: { errorCode: '10004' } });

    await bench.call('PUT', `/api/companies/${bench.other.id}`, {
      ...{ key: bench.other.keys.admin, body: { sms: { requireMd5: false } } },
    });
    expect((await bare()).status).toBe(201);
  });

  it.each<[string, string, Record<string, string>, string]>([
    ['no JSON', '{"a":', {}, '10005'],
    ['no UTF-8 by its type', body, { 'Content-Type': 'application/json; charset=iso-8859-1' }, '10007'],
    ['a form', 'a=b', { 'Content-Type': 'application/x-www-form-urlencoded' }, '10007'],
    ['a list', '[]', {}, '10001'],
    ['nested too deep', `${'['.repeat(50)}${']'.repeat(50)}`, {}, '10001'],
  ])('is refused that is %s', async (...[, text, headers, errorCode]) => {
    expect(await call('POST', '/campaign', { body: text, headers })).toMatchObject({
      status: 400,
      json: { errorCode },
    });
  });

  it('that is too large is refused with 413', async () => {
    const large = JSON.stringify({ ...campaign, metaData: 'x'.repeat(200_000) });
    expect(await call('POST', '/campaign', { body: large })).toMatchObject({
      status: 413,
      json: { errorCode: '10006' },
    });
  });

  it('is refused for a field that nobody knows, by its name', async () => {
    const { status, json } = await create({ ...campaign, campaignNmae: 'x' });
    expect({ status, json }).toMatchObject({ status: 400, json: { errorCode: '10002' } });
    expect(json['errorDescription']).toContain('did you mean campaignName?');
  });
});

it('answers an address that is not there in its own form', async () => {
  expect(await call('GET', '/nothing')).toMatchObject({ status: 404, json: { errorCode: '10020' } });
});

it.each([
  ['DELETE', '/campaigns', 'GET, HEAD'],
  ['GET', '/campaign', 'POST'],
  ['PUT', '/SmsMO', 'GET, HEAD, POST'],
  ['POST', '/campaign/3f0c5d0e-8f7a-4a53-9c1b-2f1f5f6f3a10', 'GET, HEAD'],
])('answers 405 to %s %s, and which methods the address knows', async (method, path, methods) => {
  const headers = { Authorization: bench.own.keys.admin };
  const answer = await fetch(`${bench.url}/sms${path}`, { method, headers });
  expect({ status: answer.status, allow: answer.headers.get('allow') }).toEqual({ status: 405, allow: methods });
  expect(await answer.json()).toEqual({
    errorCode: '10021',
    errorDescription: `there is no ${method} of this address: it knows ${methods}`,
  });
});

it('is described for programs and people, without a key', async () => {
  const { json } = await bench.call('GET', '/sms/openapi.json', { key: null });
  expect(Object.keys(json['paths'] as object)).toEqual(
    expect.arrayContaining(['/campaign', '/campaign/{campaignGuid}/Cancel', '/SmsMO', '/communicationCollections']),
  );
  expect((await bench.call('GET', '/sms/docs', { key: null })).text).toContain('Muster: the SMS API');
});
