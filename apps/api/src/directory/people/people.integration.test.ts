import { type ApiBench, apiBench, type Call } from '@muster/testing/apiBench';
import { insertRow } from '@muster/testing/factories';
import { createApi } from '../../createApi.ts';

let bench: ApiBench;
beforeAll(async () => void (bench = await apiBench(createApi)));
afterAll(() => bench.close());

const path = '/api/people';
const anyText = expect.any(String) as string;
const post = (body: object, options: Call = {}) => bench.call('POST', path, { body, ...options });
const create = async (body: object = {}) => (await post(body)).data;
const addressOf = (person: Record<string, unknown>) => `${path}/${String(person['id'])}`;
const put = (person: Record<string, unknown>, body: object) => bench.call('PUT', addressOf(person), { body });
const noName = {
  ...{ prefix: null, firstName: null, middleName: null, lastName: null },
  ...{ maidenLastName: null, suffix: null, preferredFirstName: null },
};
const full = {
  externalId: 'ada',
  borrowerType: 'business',
  status: 'inactive',
  collectionsIntensity: 'light',
  monitorStartDate: '2026-01-31',
  metaData: { branch: '7' },
  commPreferences: { channels: ['email'], quiet: { from: 21 } },
  name: {
    ...{ prefix: 'Dr.', firstName: 'Ada', middleName: 'K.', lastName: 'Lovelace' },
    ...{ maidenLastName: 'Byron', suffix: 'Sr.', preferredFirstName: 'Addie' },
  },
  dateOfBirth: '1980-02-29',
  timeZone: 'America/New_York',
};

it('answers what was created, by each of its names', async () => {
  const { status, data } = await post(full);
  expect(status).toBe(200);
  expect(data).toEqual({
    ...full,
    id: expect.stringMatching(/^BO-[2-9A-Z]{4}-[2-9A-Z]{4}$/) as string,
    object: 'person',
    companyId: bench.own.id,
    displayId: expect.any(Number) as number,
    statusUpdatedAt: null,
    createdAt: anyText,
    updatedAt: anyText,
    deletedAt: null,
  });
  for (const name of [data['id'], data['displayId'], 'ext-ada']) {
    expect((await bench.call('GET', `${path}/${String(name)}`)).data).toEqual(data);
  }
});

it('needs nothing, and takes the defaults', async () => {
  expect(await create()).toMatchObject({
    ...{ borrowerType: 'person', status: 'active', collectionsIntensity: 'normal', name: noName },
    ...{ externalId: null, metaData: null, commPreferences: null, dateOfBirth: null, timeZone: null },
  });
});

it.each<[string, object, string]>([
  ['a day that is none', { dateOfBirth: '1981-02-29' }, 'dateOfBirth notADate'],
  ['a day in another form', { monitorStartDate: '31.01.2026' }, 'monitorStartDate wrongForm'],
  ['an unknown zone', { timeZone: 'Mars/Olympus' }, 'timeZone unknownTimeZone'],
  ['an unknown status', { status: 'gone' }, 'status notAllowed'],
  ['no status', { status: null }, 'status notAllowed'],
  ['an empty name', { name: { firstName: '' } }, 'name.firstName wrongLength'],
  ['an unknown part of the name', { name: { nickName: 'x' } }, 'name.nickName unknownField'],
  ['an externalId that is too long', { externalId: 'x'.repeat(256) }, 'externalId wrongLength'],
  ['meta data of numbers', { metaData: { a: 1 } }, 'metaData notMetaData'],
  ['preferences that are a list', { commPreferences: [] }, 'commPreferences wrongType'],
  ['a NUL in the preferences', { commPreferences: { a: '\u0000' } }, 'commPreferences wrongCharacters'],
  ['an unknown field', { born: '1980-01-01' }, 'born unknownField'],
])('refuses %s', async (_, body, fault) => {
  expect(await post(body)).toMatchObject({ status: 400, faults: [fault] });
});

it('takes no externalId twice, and another company\u2019s is no hindrance', async () => {
  await create({ externalId: 'twice' });
  expect(await post({ externalId: 'twice' })).toMatchObject({ status: 409, faults: ['externalId externalIdTaken'] });
  expect(await post({ externalId: 'twice' }, { key: bench.other.keys.admin })).toMatchObject({ status: 200 });
});

it('gives the first answer again to the same idempotency key', async () => {
  const headers = { 'Idempotency-Key': 'one' };
  const [first, second] = [await post({}, { headers }), await post({}, { headers })];
  expect(second.data).toEqual(first.data);
});

describe('a partial update', () => {
  it('leaves what is absent, clears what is null, in the name as well', async () => {
    const made = await create({ ...full, externalId: null });
    const { data } = await put(made, { name: { suffix: null, firstName: 'Eve' }, dateOfBirth: null });
    const name = { ...full.name, suffix: null, firstName: 'Eve' };
    expect(data).toEqual({ ...made, name, dateOfBirth: null, updatedAt: anyText });
    const cleared = await bench.call('PATCH', addressOf(made), { body: { name: null, metaData: null } });
    expect(cleared.data).toMatchObject({ name: noName, metaData: null, timeZone: 'America/New_York' });
  });

  it('changes nothing where it says what is there: not even when it was changed', async () => {
    const read = await bench.call('GET', addressOf(await create({ ...full, externalId: 'same' })));
    const answer = await put(read.data, read.data);
    expect(answer.data).toEqual(read.data);
    expect(answer.headers.get('etag')).toBe(read.headers.get('etag'));
  });

  it('says when the status changed', async () => {
    const made = await create();
    expect((await put(made, { status: 'active' })).data).toMatchObject({ statusUpdatedAt: null });
    const changed = (await put(made, { status: 'inactive' })).data;
    expect(changed['statusUpdatedAt']).toEqual(anyText);
    expect((await put(made, { status: 'inactive', timeZone: 'UTC' })).data).toMatchObject({
      statusUpdatedAt: changed['statusUpdatedAt'],
    });
  });

  it('happens only to the state that the caller has read', async () => {
    const made = await create();
    const { headers } = await put(made, { timeZone: 'UTC' });
    const change = (tag: string) =>
      bench.call('PUT', addressOf(made), { body: { timeZone: null }, headers: { 'If-Match': tag } });
    expect(await change('"stale"')).toMatchObject({ status: 412 });
    expect(await change(headers.get('etag')!)).toMatchObject({ status: 200, data: { timeZone: null } });
  });
});

it.each(['BO-2222-2222', 'ext-nobody', '999999999', '0', '-1', '99999999999999999999', 'me', '%00'])(
  'finds nobody called %s',
  async (name) => {
    for (const method of ['GET', 'PUT']) {
      expect(await bench.call(method, `${path}/${name}`, method === 'PUT' ? { body: {} } : {})).toMatchObject({
        status: 404,
        json: { code: 'personNotFound' },
      });
    }
  },
);

it('shows a deleted person only to who asks for it', async () => {
  const made = await create({ externalId: 'gone' });
  await bench.db.execute('update person set deleted_at = now() where id = $1', [made['id']]);
  expect(await bench.call('GET', addressOf(made))).toMatchObject({ status: 404 });
  const shown = await bench.call('GET', `${addressOf(made)}?includeDeleted=true`);
  expect(shown).toMatchObject({ status: 200, data: { deletedAt: anyText } });
});

describe('the list', () => {
  it('holds the company\u2019s people, newest first, in pages that meet', async () => {
    const [companyId, key] = [bench.other.id, bench.other.keys.admin];
    for (const name of ['a', 'b', 'c']) await insertRow(bench.db, 'person', { companyId, externalId: name });
    const names = (answer: { list: Record<string, unknown>[] }) => answer.list.map(({ externalId }) => externalId);
    const first = await bench.call('GET', `${path}?limit=2`, { key });
    expect(names(first)).toEqual(['c', 'b']);
    const next = await bench.call('GET', String(first.json['nextUrl']), { key });
    expect(names(next).slice(0, 1)).toEqual(['a']);
    await bench.db.execute(`update person set updated_at = now() + interval '1 s' where external_id = 'a'`);
    const changed = await bench.call('GET', `${path}?sortBy=-updatedAt,createdAt&limit=1`, { key });
    expect(names(changed)).toEqual(['a']);
  });

  it.each(['sortBy=name', 'status=active', 'limit=0'])('knows no %s', async (query) => {
    expect(await bench.call('GET', `${path}?${query}`)).toMatchObject({ status: 400 });
  });
});

it('is read by operators and changed by services, not by those with less', async () => {
  const { viewer, operator, service } = bench.own.keys;
  expect(await bench.call('GET', path, { key: viewer })).toMatchObject({ status: 403 });
  expect(await bench.call('GET', path, { key: operator })).toMatchObject({ status: 200 });
  expect(await post({}, { key: operator })).toMatchObject({ status: 403 });
  expect(await post({}, { key: service })).toMatchObject({ status: 200 });
});

it('writes nothing of a person into the log', async () => {
  await create({ name: { firstName: 'canary' }, metaData: { note: 'canary' } });
  await post({ name: { firstName: 'canary\u0000' }, dateOfBirth: 'canary' });
  expect(JSON.stringify(bench.lines)).not.toContain('canary');
  expect((await post({ dateOfBirth: 'canary', timeZone: 'canary' })).text).not.toContain('canary');
});
