import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { insertPerson } from '@muster/testing/factories';
import { createApi } from '../../createApi.ts';

let bench: ApiBench;
beforeAll(async () => void (bench = await apiBench(createApi)));
afterAll(() => bench.close());

const pathOf = async () => `/api/people/${(await insertPerson(bench.db, { companyId: bench.own.id })).id}/consents`;
const consents = (change: Record<string, string> = {}) =>
  Object.entries({
    ...{ electronicComms: 'consented', contactPersonWork: 'revoked', contactPersonRepByAttorney: 'revoked' },
    ...{ contactPersonUnusualTime: 'revoked', autodialedColl: 'revoked' },
    ...change,
  }).map(([name, status]) => ({ name, status }));

it('are as the model says where nothing is on record', async () => {
  expect(await bench.call('GET', await pathOf())).toMatchObject({
    status: 200,
    json: { status: 200, message: 'OK', data: consents() },
  });
});

it('change where they are named, and only there', async () => {
  const path = await pathOf();
  const put = async (change: Record<string, string>, method = 'PUT') => {
    const body = Object.entries(change).map(([name, status]) => ({ name, status }));
    return (await bench.call(method, path, { body })).list;
  };
  expect(await put({ electronicComms: 'revoked', autodialedColl: 'consented' })).toEqual(
    consents({ electronicComms: 'revoked', autodialedColl: 'consented' }),
  );
  expect(await put({ electronicComms: 'consented' }, 'PATCH')).toEqual(consents({ autodialedColl: 'consented' }));
  expect(await put({})).toEqual(consents({ autodialedColl: 'consented' }));
  expect((await bench.call('GET', path)).list).toEqual(consents({ autodialedColl: 'consented' }));
});

it('are taken back as they were read, and stay as they are', async () => {
  const path = await pathOf();
  const read = await bench.call('GET', path);
  const answer = await bench.call('PUT', path, { body: read.list, headers: { 'If-Match': read.headers.get('etag')! } });
  expect(answer).toMatchObject({ status: 200, list: read.list });
  expect(answer.headers.get('etag')).toBe(read.headers.get('etag'));
});

it('change only in the state that the caller has read', async () => {
  const path = await pathOf();
  const { headers } = await bench.call('GET', path);
  const change = (status: string) =>
    bench.call('PUT', path, {
      body: [{ name: 'autodialedColl', status }],
      headers: { 'If-Match': headers.get('etag')! },
    });
  expect(await change('consented')).toMatchObject({ status: 200 });
  expect(await change('revoked')).toMatchObject({ status: 412 });
});

it.each<[string, unknown, string[]]>([
  ['an object', { consents: [] }, [' wrongType']],
  ['nothing', undefined, [' required']],
  ['an unknown name', [{ name: 'calls', status: 'revoked' }], ['[0].name notAllowed']],
  ['an unknown status', [{ name: 'autodialedColl', status: true }], ['[0].status notAllowed']],
  ['no status', [{ name: 'autodialedColl' }], ['[0].status required']],
  ['an unknown field', [{ name: 'autodialedColl', status: 'revoked', at: 'x' }], ['[0].at unknownField']],
  ['one of them twice', [...consents().slice(0, 1), ...consents().slice(0, 1)], ['[1].name notUnique']],
  ['something else', ['autodialedColl'], [' wrongType']],
])('refuse %s', async (_, body, faults) => {
  expect(await bench.call('PUT', await pathOf(), { ...(body !== undefined && { body }) })).toMatchObject({
    status: 400,
    faults,
  });
});

it('of nobody are not found', async () => {
  expect(await bench.call('GET', '/api/people/BO-2222-2222/consents')).toMatchObject({ status: 404 });
  expect(await bench.call('PUT', '/api/people/ext-x/consents', { body: [] })).toMatchObject({ status: 404 });
});
