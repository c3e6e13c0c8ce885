import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { insertDoNotInteract, insertPerson, type Keyed } from '@muster/testing/factories';
import { createApi } from '../../createApi.ts';

let bench: ApiBench;
let person: Keyed;
beforeAll(async () => {
  bench = await apiBench(createApi);
  person = await insertPerson(bench.db, { companyId: bench.own.id, externalId: 'ada' });
});
afterAll(() => bench.close());

const CASE = 'CS-2345-6789';
const pathOf = (caseId = CASE) => `/api/people/${person.id}/cases/${caseId}/do-not-interacts`;
const post = (body: object, caseId = CASE) => bench.call('POST', pathOf(caseId), { body });
const put = (made: Record<string, unknown>, body: object) =>
  bench.call('PUT', `${pathOf()}/${String(made['id'])}`, { body });
const anyText = expect.any(String) as string;
const full = {
  ...{ externalId: 'quiet', channels: ['voice', 'text'], themes: ['all', 'marketing'] },
  ...{ startDate: '2026-01-01', endDate: '2026-12-31', daysOfWeek: [0, 6], timezone: 'America/Chicago' },
  ...{ timesOfDay: [{ fromHour: 0, toHour: 8 }], contactLabels: ['work'], source: 'letter' },
};
const nothing = {
  ...{ externalId: null, channels: null, themes: null, startDate: null, endDate: null, daysOfWeek: null },
  ...{ timezone: null, timesOfDay: null, contactLabels: null, source: null },
};

it('answers what was created', async () => {
  const { status, data } = await post(full);
  expect(status).toBe(200);
  expect(data).toEqual({
    ...full,
    id: expect.stringMatching(/^DN-[2-9A-Z]{4}-[2-9A-Z]{4}$/) as string,
    object: 'doNotInteract',
    companyId: bench.own.id,
    personId: person.id,
    caseId: CASE,
    createdAt: anyText,
    updatedAt: anyText,
    deletedAt: null,
  });
  expect((await bench.call('GET', `/api/people/ext-ada/cases/${CASE}/do-not-interacts/ext-quiet`)).data).toEqual(data);
});

it('needs nothing: such a one blocks everything', async () => {
  expect(await bench.call('POST', pathOf())).toMatchObject({ status: 200, data: nothing });
});

it.each<[string, object, string]>([
  ['an unknown channel', { channels: ['fox'] }, 'channels notAllowed'],
  ['an empty list of channels', { channels: [] }, 'channels wrongLength'],
  ['what cannot be blocked', { themes: ['opsAccountCredentials'] }, 'themes notAllowed'],
  ['a day that is none', { startDate: '2026-02-29' }, 'startDate notADate'],
  ['an end before the beginning', { startDate: '2026-02-02', endDate: '2026-02-01' }, 'endDate endsBeforeStart'],
  ['an eighth day', { daysOfWeek: [7] }, 'daysOfWeek notDaysOfWeek'],
  ['an unknown zone', { timezone: '+03:00' }, 'timezone unknownTimeZone'],
  ['hours past midnight', { timesOfDay: [{ fromHour: 21, toHour: 8 }] }, 'timesOfDay notTimesOfDay'],
  ['an unknown label', { contactLabels: ['boat'] }, 'contactLabels notAllowed'],
  ['another case', { caseId: 'CS-9999-9999' }, 'caseId otherCase'],
])('refuses %s', async (_, body, fault) => {
  expect(await post(body)).toMatchObject({ status: 400, faults: [fault] });
});

it.each([
  ['CS-2222-2222', 'CS-2222-2222'],
  ['4711', '4711'],
  ['ext-old%20case', 'old case'],
])('takes the case %s, and keeps it as %s', async (caseId, kept) => {
  const { data } = await post({}, caseId);
  expect(data).toMatchObject({ caseId: kept });
  const { list } = await bench.call('GET', pathOf(caseId));
  expect(list.map(({ id }) => id)).toEqual([data['id']]);
});

it.each(['case', 'ext-', '-1', 'ext-%00', '1e3'])('finds no case %s', async (caseId) => {
  for (const method of ['GET', 'POST']) {
    expect(await bench.call(method, pathOf(caseId))).toMatchObject({ status: 404, json: { code: 'caseNotFound' } });
  }
});

describe('a partial update', () => {
  it('leaves what is absent, clears what is null', async () => {
    const made = (await post({ ...full, externalId: null })).data;
    const { data } = await put(made, { channels: null, source: 'call' });
    expect(data).toEqual({ ...made, channels: null, source: 'call', updatedAt: anyText });
    expect((await put(made, nothing)).data).toMatchObject(nothing);
  });

  it('takes back what was read, and changes nothing by it', async () => {
    for (const made of [(await post({ ...full, externalId: 'back' })).data, (await post({})).data]) {
      expect(await put(made, made)).toMatchObject({ status: 200, data: made });
    }
  });

  it('looks at both ends when one moves', async () => {
    const made = (await post({ startDate: '2026-02-02' })).data;
    expect(await put(made, { endDate: '2026-02-01' })).toMatchObject({ faults: ['endDate endsBeforeStart'] });
    expect(await put(made, { endDate: '2026-02-02' })).toMatchObject({ status: 200 });
  });
});

it('is not there under another case or person', async () => {
  const { data } = await post({});
  const other = await insertPerson(bench.db, { companyId: bench.own.id });
  const id = String(data['id']);
  const elsewhere = [`${pathOf('CS-9999-9999')}/${id}`, `/api/people/${other.id}/cases/${CASE}/do-not-interacts/${id}`];
  for (const address of elsewhere) {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await bench.call(method, address, method === 'PUT' ? { body: {} } : {});
      expect(answer).toMatchObject({ status: 404, json: { code: 'doNotInteractNotFound' } });
    }
  }
  expect((await bench.call('GET', pathOf('CS-9999-9999'))).list.map((item) => item['id'])).not.toContain(id);
});

it('of no case in particular stands under each, and empty lists in it are none', async () => {
  const { id: companyId } = bench.own;
  const owner = await insertPerson(bench.db, { companyId });
  const id = await insertDoNotInteract(bench.db, { companyId, personKey: owner.key, channels: [], themes: [] });
  const list = `/api/people/${owner.id}/cases/77/do-not-interacts`;
  const read = await bench.call('GET', `${list}/${id}`);
  expect(read.data).toMatchObject({ caseId: null, channels: null, themes: null });
  expect((await bench.call('GET', list)).list).toEqual([read.data]);
  expect(await bench.call('PUT', `${list}/${id}`, { body: { ...read.data, source: 'x' } })).toMatchObject({
    status: 200,
    data: { caseId: null, source: 'x' },
  });
  expect(await bench.call('PUT', `${list}/${id}`, { body: { caseId: 77 } })).toMatchObject({ data: { caseId: '77' } });
});

it('is deleted softly', async () => {
  const { data } = await post({});
  const one = `${pathOf()}/${String(data['id'])}`;
  expect(await bench.call('DELETE', one)).toMatchObject({ status: 200, data: { deletedAt: anyText } });
  expect(await bench.call('GET', one)).toMatchObject({ status: 404 });
  expect(await bench.call('GET', `${one}?includeDeleted=true`)).toMatchObject({ status: 200 });
  expect((await bench.call('GET', `${pathOf()}?limit=100`)).list.map(({ id }) => id)).not.toContain(data['id']);
});

it('lists newest first, in pages that meet', async () => {
  const made = [];
  for (const source of ['one', 'two', 'three']) made.push((await post({ source }, '88')).data);
  const first = await bench.call('GET', `${pathOf('88')}?limit=2`);
  expect(first.list).toEqual([made[2], made[1]]);
  const next = await bench.call('GET', String(first.json['nextUrl']));
  expect(next).toMatchObject({ list: [made[0]], json: { total: 3, nextUrl: null } });
});
