import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { insertCampaign, insertExporter } from '@muster/testing/factories';
import { createApi } from './createApi.ts';

let bench: ApiBench;
beforeAll(async () => void (bench = await apiBench(createApi)));
afterAll(() => bench.close());

async function objects() {
  const companyId = bench.own.id;
  return [
    `/api/campaigns/${await insertCampaign(bench.db, { companyId })}`,
    `/api/campaign-workers/contact-exporters/${await insertExporter(bench.db, { companyId })}`,
  ];
}

it('answers 304 to whoever has the state already, and the object to others', async () => {
  for (const path of await objects()) {
    const etag = (await bench.call('GET', path)).headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{27}"$/);
    expect(await bench.call('GET', path, { headers: { 'If-None-Match': etag } })).toMatchObject({
      status: 304,
      text: '',
    });
    expect(await bench.call('GET', path, { headers: { 'If-None-Match': '"another"' } })).toMatchObject({ status: 200 });
  }
});

it('carries out a change of the state that is named, and gives the tag of the new one', async () => {
  for (const path of await objects()) {
    const etag = (await bench.call('GET', path)).headers.get('etag') ?? '';
    const changed = await bench.call('PUT', path, { body: { externalId: path }, headers: { 'If-Match': etag } });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).not.toBe(etag);
    expect((await bench.call('GET', path)).headers.get('etag')).toBe(changed.headers.get('etag'));
  }
});

it('leaves tag and updatedAt as they are where what was read is sent back', async () => {
  for (const path of await objects()) {
    const { data } = await bench.call('GET', path);
    const before = await bench.call('PUT', path, { body: { ...data, externalId: `${path} again` } });
    expect(before.data['updatedAt']).not.toBe(data['updatedAt']);
    const after = await bench.call('PUT', path, { body: before.data });
    expect([after.status, after.data]).toEqual([200, before.data]);
    expect(after.headers.get('etag')).toBe(before.headers.get('etag'));
  }
});

it.each(['PUT', 'PATCH', 'DELETE'])(
  'refuses %s of another state than the present one with 412, and changes nothing',
  async (method) => {
    for (const path of await objects()) {
      const before = await bench.call('GET', path);
      const body = method === 'DELETE' ? undefined : { externalId: `${method} ${path}` };
      const answer = await bench.call(method, path, { ...(body && { body }), headers: { 'If-Match': '"old"' } });
      expect(answer).toMatchObject({ status: 412, json: { code: 'etagMismatch' } });
      expect((await bench.call('GET', path)).text).toBe(before.text);
    }
  },
);

it('lets only one of two changes of the same state through', async () => {
  const [path = ''] = await objects();
  const etag = (await bench.call('GET', path)).headers.get('etag') ?? '';
  const change = (name: string) => bench.call('PUT', path, { body: { name }, headers: { 'If-Match': etag } });
  const answers = await Promise.all(['a', 'b', 'c'].map(change));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
});

it('takes * for any state, and no If-Match for whatever there is', async () => {
  const [path = ''] = await objects();
  expect(await bench.call('PUT', path, { body: { name: 'a' }, headers: { 'If-Match': '*' } })).toMatchObject({
    status: 200,
  });
  expect(await bench.call('PUT', path, { body: { name: 'b' } })).toMatchObject({ status: 200 });
});
