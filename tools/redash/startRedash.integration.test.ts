import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import { waitFor } from '@muster/testing/waitFor';
import { type Redash, startRedash } from './startRedash.ts';

const TYPES = `select 1 as id, true as ok, timestamptz '2024-01-02T03:04:05.678901Z' as seen, '{"a":[1,null]}'::jsonb as doc, null::text as nothing, 'x, "y"' as txt`;
const LOGIN = `{"message": "Couldn't find resource. Please login and try again."}`;
const URL_NOT_FOUND =
  '{"message": "The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again."}';

let database: TestDatabase;
let redash: Redash;

beforeAll(async () => {
  database = await createTestDatabase();
  redash = await startRedash({
    databaseUrl: database.url,
    userKeys: ['user-key'],
    queries: [
      { id: 17, name: 'Types', sql: TYPES, apiKey: 'key-17' },
      { id: 18, name: 'Broken', sql: 'select * from nosuch' },
      {
        id: 19,
        name: 'Text',
        sql: "select {{ n }} as n, '{{s}}' as s",
        apiKey: 'key-19',
        parameters: [
          { name: 'n', type: 'number', value: 1 },
          { name: 's', type: 'text', value: '' },
        ],
      },
      {
        id: 20,
        name: 'Number',
        sql: 'select {{n}} as n',
        apiKey: 'key-20',
        parameters: [{ name: 'n', type: 'number', value: 1 }],
      },
      { id: 21, name: 'Slow', sql: 'select pg_sleep(60)' },
      { id: 22, name: 'Ünïcode 漢字', sql: 'select 1 as a, 2 as a, count(*), count(*) from (values (1), (2)) x' },
      { id: 23, name: 'No rows', sql: 'create temporary table nothing_comes_back ()' },
      { id: 24, name: 'Values', sql: VALUES },
    ],
  });
});
afterAll(async () => {
  await redash.stop();
  await database.drop();
});

const VALUES = `select 9007199254740993 as big, 101::numeric as whole, 12345678901234567890.123456789::numeric as wide, 'NaN'::float8 as nan,
  timestamp '2024-01-02 03:04:05' as plain, date '2024-02-29' as day, time '12:13:14.5' as hour, interval '1 day 2:03:04' as span,
  '\\xdeadbeef'::bytea as bytes, array['x', null, 'a "b"'] as texts, array[1, 2] as numbers`;

interface Call {
  key?: string;
  body?: string;
}

async function call(method: string, path: string, { key, body }: Call = {}) {
  const headers = key === undefined ? {} : { authorization: `Key ${key}` };
  const response = await fetch(redash.url + path, {
    method,
    headers,
    redirect: 'manual',
    ...(body !== undefined && { body }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

async function run(query: number, { key = 'user-key', body = '{"max_age": 0}' }: Call = {}) {
  const { text } = await call('POST', `/api/queries/${query}/results`, { key, body });
  const { job } = JSON.parse(text) as { job: { id: string } };
  return waitFor(async () => {
    const { job: now } = JSON.parse((await call('GET', `/api/queries/${query}/jobs/${job.id}`, { key })).text) as {
      job: JobView;
    };
    return now.status > 2 ? now : undefined;
  });
}
type JobView = { id: string; status: number; error: string; query_result_id: number };

it('starts a fresh run and tells of a queued job', async () => {
  const { status, headers, text } = await call('POST', '/api/queries/17/results', {
    key: 'user-key',
    body: '{"max_age": 0}',
  });

  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('application/json');
  expect(text).toMatch(
    /^\{"job": \{"id": "[-0-9a-f]{36}", "updated_at": 0, "status": 1, "error": "", "result": null, "query_result_id": null\}\}$/,
  );
});

it('gives a result as JSON, with the values formatted as PostgreSQL on Redash 25 does', async () => {
  const { query_result_id: id } = await run(17);
  const { headers, text } = await call('GET', `/api/query_results/${id}.json`, { key: 'user-key' });

  expect(text).toContain(`{"query_result": {"id": ${id}, "query_hash": "`);
  expect(text).toContain(
    '"data": {"columns": [{"name": "id", "friendly_name": "id", "type": "integer"}, {"name": "ok", "friendly_name": "ok", "type": "boolean"}, {"name": "seen", "friendly_name": "seen", "type": "datetime"}, {"name": "doc", "friendly_name": "doc", "type": null}, {"name": "nothing", "friendly_name": "nothing", "type": null}, {"name": "txt", "friendly_name": "txt", "type": null}], "rows": [{"id": 1, "ok": true, "seen": "2024-01-02T03:04:05.678Z", "doc": {"a": [1, null]}, "nothing": null, "txt": "x, \\"y\\""}]}, "data_source_id": 1, "runtime": ',
  );
  expect(headers.get('cache-control')).toBe('private,max-age=31557600');
  expect(headers.get('content-disposition')).toMatch(
    new RegExp(`^attachment; filename=${id}_\\d{4}_\\d\\d_\\d\\d\\.json$`),
  );
  expect(headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
  expect(headers.get('connection')).toBe('close');
});

it('gives the same result as CSV, with the losses of Redash', async () => {
  const { query_result_id: id } = await run(17);
  const { headers, text } = await call('GET', `/api/query_results/${id}.csv`, { key: 'user-key' });

  expect(headers.get('content-type')).toBe('text/csv; charset=UTF-8');
  expect(text).toBe(`id,ok,seen,doc,nothing,txt\r\n1,true,02/01/24 03:04,"{'a': [1, None]}",,"x, ""y"""\r\n`);
});

it('prints the rarer types as Python does', async () => {
  const { query_result_id: id } = await run(24);
  const { text } = await call('GET', `/api/query_results/${id}`, { key: 'user-key' });

  expect(text).toContain(
    '"rows": [{"big": 9007199254740993, "whole": 101.0, "wide": 1.2345678901234567e+19, "nan": null, "plain": "2024-01-02T03:04:05", "day": "2024-02-29", "hour": "12:13:14.500", "span": "1 day, 2:03:04", "bytes": "deadbeef", "texts": ["x", null, "a \\"b\\""], "numbers": [1, 2]}]',
  );
});

it.each(['{}', '{bad', '{"max_age": -1}'])('gives a kept result for the body %s', async (body) => {
  await run(17);

  expect((await call('POST', '/api/queries/17/results', { key: 'user-key', body })).text).toMatch(
    /^\{"query_result": \{"id": /,
  );
});

it('shows holders of a query key the data and the time only', async () => {
  await run(17);
  const { text } = await call('POST', '/api/queries/17/results', { key: 'key-17', body: '{"max_age": 60}' });

  expect(text).toMatch(/^\{"query_result": \{"data": \{"columns": .*\]\}, "retrieved_at": "[-0-9T:.]+Z"\}\}$/);
});

it('lets a query key see its own job and result by the paths of the query only', async () => {
  const { id, query_result_id: result } = await run(17, { key: 'key-17' });
  const statusOf = async (path: string, method = 'GET') => (await call(method, path, { key: 'key-17' })).status;

  expect(await statusOf(`/api/queries/17/jobs/${id}`)).toBe(200);
  expect(await statusOf(`/api/queries/17/results/${result}.json`)).toBe(200);
  expect(await statusOf('/api/queries/17')).toBe(200);
  expect(await statusOf(`/api/jobs/${id}`)).toBe(404);
  expect(await statusOf(`/api/query_results/${result}.json`)).toBe(404);
  expect(await statusOf(`/api/jobs/${id}`, 'DELETE')).toBe(404);
  expect(await statusOf(`/api/queries/17/jobs/${id}`, 'DELETE')).toBe(500);
  expect(await statusOf('/api/queries/18')).toBe(404);
});

it('hides a result of other than the stored values from a query key, and gives it inline', async () => {
  const { query_result_id: id } = await run(20, { key: 'key-20', body: '{"max_age": 0, "parameters": {"n": 42}}' });

  expect(await call('GET', `/api/queries/20/results/${id}.json`, { key: 'key-20' })).toMatchObject({
    status: 404,
    text: '{"message": "No cached result found for this query."}',
  });
  expect(
    (await call('POST', '/api/queries/20/results', { key: 'key-20', body: '{"max_age": 60, "parameters": {"n": 42}}' }))
      .text,
  ).toMatch(
    /^\{"query_result": \{"data": \{"columns": \[\{"name": "n", "friendly_name": "n", "type": "integer"\}\], "rows": \[\{"n": 42\}\]\}, "retrieved_at": /,
  );
});

it('tells of an SQL error with the place that libpq shows', async () => {
  expect(await run(18)).toMatchObject({
    status: 4,
    error: expect.stringMatching(
      /^relation "nosuch" does not exist\nLINE 1: .*Scheduled: False \*\/ select \* from nosuch\n +\^\n$/,
    ) as string,
  });
});

it('calls a statement without rows failed', async () => {
  expect(await run(23)).toMatchObject({ status: 4, error: 'Query completed but it returned no data.' });
});

it('hands out the running job to whoever asks for the same, and cancels it for all', async () => {
  const ask = () => call('POST', '/api/queries/21/results', { key: 'user-key', body: '{"max_age": 0}' });
  const { job } = JSON.parse((await ask()).text) as { job: JobView };
  const second = await waitFor(async () => {
    const { text } = await ask();
    return text.includes('"status": 2') && text;
  });

  expect(second).toMatch(
    new RegExp(`^\\{"job": \\{"id": "${job.id}", "updated_at": "[-0-9T:.]{23}", "status": 2, "error": ""`),
  );
  expect(await call('DELETE', `/api/jobs/${job.id}`, { key: 'user-key' })).toMatchObject({ status: 200, text: 'null' });
  expect((await call('GET', `/api/jobs/${job.id}`, { key: 'user-key' })).text).toBe(
    `{"job": {"id": "${job.id}", "updated_at": 0, "status": 4, "error": "Query cancelled by user.", "result": null, "query_result_id": null}}`,
  );
});

it('numbers equal columns', async () => {
  const { query_result_id: id } = await run(22);
  const { headers, text } = await call('GET', `/api/queries/22/results/${id}.csv`, { key: 'user-key' });

  expect(text).toBe('a,a1,count,count1\r\n1,2,2,2\r\n');
  expect(headers.get('content-disposition')).toContain("; filename*=UTF-8''%C3%9Cn%C3%AFcode_%E6%BC%A2%E5%AD%97_");
});

it.each([
  ['no key', 'GET', '/api/queries/17', undefined, '', 404, LOGIN],
  ['a bad key', 'POST', '/api/queries/17/results', 'bad', '{"max_age": 0}', 404, LOGIN],
  [
    'a bad key for no query',
    'POST',
    '/api/queries/99999/results',
    'bad',
    '{"max_age": 0}',
    500,
    '{"message": "Internal Server Error"}',
  ],
  ['an unknown query', 'POST', '/api/queries/99999/results', 'user-key', '{"max_age": 0}', 404, URL_NOT_FOUND],
  ['an unknown result', 'GET', '/api/query_results/99999.json', 'user-key', '', 404, URL_NOT_FOUND],
  [
    'an unknown job',
    'GET',
    '/api/jobs/00000000-0000-4000-8000-000000000000',
    'user-key',
    '',
    500,
    '{"message": "Internal Server Error"}',
  ],
  [
    'an id of letters',
    'POST',
    '/api/queries/abc/results',
    'user-key',
    '{"max_age": 0}',
    500,
    '{"message": "Internal Server Error"}',
  ],
  [
    'max_age of letters',
    'POST',
    '/api/queries/17/results',
    'user-key',
    '{"max_age": "x"}',
    500,
    '{"message": "Internal Server Error"}',
  ],
  [
    'refresh by a query key',
    'POST',
    '/api/queries/17/refresh',
    'key-17',
    '',
    403,
    '{"message": "Please use a user API key."}',
  ],
  [
    'missing parameters',
    'POST',
    '/api/queries/19/results',
    'user-key',
    '{"max_age": 0, "parameters": {"n": 1}}',
    400,
    '{"job": {"status": 4, "error": "Missing parameter value for: s"}}',
  ],
  [
    'a wrong parameter',
    'POST',
    '/api/queries/19/results',
    'user-key',
    '{"max_age": 0, "parameters": {"n": "abc", "s": "x"}}',
    400,
    '{"message": "The following parameter values are incompatible with their definitions: n"}',
  ],
  [
    'a text parameter by a query key',
    'POST',
    '/api/queries/19/results',
    'key-19',
    '{"max_age": 0, "parameters": {"n": 1, "s": "x"}}',
    403,
    '{"job": {"status": 4, "error": "This query contains potentially unsafe parameters and cannot be executed on a shared dashboard or an embedded visualization."}}',
  ],
])('answers %s as recorded', async (...[, method, path, key, body, status, text]) => {
  const answer = await call(method, path, { ...(key !== undefined && { key }), ...(body !== '' && { body }) });

  expect(answer).toMatchObject({ status, text });
  expect(answer.headers.get('content-type')).toBe('application/json');
});

it('answers unknown paths with the page of the web application', async () => {
  const { status, headers, text } = await call('GET', '/api/nope/1', { key: 'user-key' });

  expect({ status, text }).toEqual({ status: 200, text: '<!doctype html><title>Redash</title>' });
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
});

it('takes no other methods there', async () => {
  const { status, headers } = await call('POST', '/api/nope/1', { key: 'user-key', body: '{}' });

  expect({ status, allow: headers.get('allow') }).toEqual({ status: 405, allow: 'OPTIONS, HEAD, GET' });
});

it('sends whoever opens a page without login to the login', async () => {
  const { status, headers } = await call('GET', '/queries/17');

  expect({ status, location: headers.get('location') }).toEqual({
    status: 302,
    location: `/login?next=${encodeURIComponent(`${redash.url}/queries/17`)}`,
  });
});
