import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { insertLoan, insertPerson, type Keyed } from '@muster/testing/factories';
import { createApi } from '../../createApi.ts';

let bench: ApiBench;
let person: Keyed;
beforeAll(async () => {
  bench = await apiBench(createApi);
  person = await insertPerson(bench.db, { companyId: bench.own.id, externalId: 'ada' });
});
afterAll(() => bench.close());

const path = () => `/api/people/${person.id}/loans`;
const post = (body: object) => bench.call('POST', path(), { body });
const anyText = expect.any(String) as string;

it('answers what was created, by each of its names, under each of its person\u2019s', async () => {
  const { status, data } = await post({ externalId: 'car', status: 'chargedOff' });
  expect(status).toBe(200);
  expect(data).toEqual({
    id: expect.stringMatching(/^LN-[2-9A-Z]{4}-[2-9A-Z]{4}$/) as string,
    object: 'loan',
    companyId: bench.own.id,
    displayId: expect.any(Number) as number,
    externalId: 'car',
    personId: person.id,
    status: 'chargedOff',
    createdAt: anyText,
    updatedAt: anyText,
    deletedAt: null,
  });
  for (const owner of [person.id, person.key, 'ext-ada']) {
    for (const name of [data['id'], data['displayId'], 'ext-car']) {
      expect((await bench.call('GET', `/api/people/${owner}/loans/${String(name)}`)).data).toEqual(data);
    }
  }
});

it('is active unless said otherwise, and is changed in part', async () => {
  const { data } = await post({ externalId: 'boat' });
  expect(data).toMatchObject({ status: 'active' });
  const put = (body: object) => bench.call('PUT', `${path()}/${String(data['id'])}`, { body });
  expect((await put({ status: 'paidOff' })).data).toEqual({ ...data, status: 'paidOff', updatedAt: anyText });
  expect((await put({ externalId: null })).data).toMatchObject({ status: 'paidOff', externalId: null });
  expect(await put({ status: 'lost' })).toMatchObject({ status: 400, faults: ['status notAllowed'] });
});

it('takes back what was read, and changes nothing by it', async () => {
  const { data } = await post({ externalId: 'house' });
  const answer = await bench.call('PUT', `${path()}/${String(data['id'])}`, { body: data });
  expect(answer).toMatchObject({ status: 200, data });
});

it('stays with its person', async () => {
  const other = await insertPerson(bench.db, { companyId: bench.own.id });
  for (const personId of [person.id, Number(person.key), 'ada'])
    expect(await post({ personId })).toMatchObject({ status: 200 });
  for (const personId of [other.id, 'BO-2222-2222', 'nobody']) {
    expect(await post({ personId })).toMatchObject({ status: 404, faults: ['personId personNotFound'] });
  }
  const { data } = await post({});
  expect(await bench.call('GET', `/api/people/${other.id}/loans/${String(data['id'])}`)).toMatchObject({ status: 404 });
  const move = await bench.call('PUT', `${path()}/${String(data['id'])}`, { body: { personId: other.id } });
  expect(move).toMatchObject({ status: 404, faults: ['personId personNotFound'] });
});

it('takes no externalId twice, not even of two people', async () => {
  const other = await insertPerson(bench.db, { companyId: bench.own.id });
  await insertLoan(bench.db, { companyId: bench.own.id, personKey: other.key, externalId: 'taken' });
  expect(await post({ externalId: 'taken' })).toMatchObject({ status: 409, faults: ['externalId externalIdTaken'] });
});

it('lists the person\u2019s own, newest first, in pages that meet', async () => {
  const { id: companyId } = bench.own;
  const [owner, other] = [await insertPerson(bench.db, { companyId }), await insertPerson(bench.db, { companyId })];
  for (const externalId of ['one', 'two', 'three'])
    await insertLoan(bench.db, { companyId, personKey: owner.key, externalId });
  const foreign = await insertLoan(bench.db, { companyId, personKey: other.key });
  const list = `/api/people/${owner.id}/loans`;
  const first = await bench.call('GET', `${list}?limit=2`);
  expect(first).toMatchObject({ json: { total: 3, count: 2, previousUrl: null } });
  expect(first.list.map(({ externalId }) => externalId)).toEqual(['three', 'two']);
  const next = await bench.call('GET', String(first.json['nextUrl']));
  expect(next.list.map(({ externalId }) => externalId)).toEqual(['one']);
  expect(await bench.call('GET', `${list}?startingAfter=${foreign.id}`)).toMatchObject({
    status: 404,
    faults: ['startingAfter cursorNotFound'],
  });
});
