import { insertCampaign } from '@muster/testing/factories';
import { type Answer, type ApiBench, apiBench } from '@muster/testing/apiBench';
import { createApi } from './createApi.ts';

let bench: ApiBench;
beforeAll(async () => void (bench = await apiBench(createApi)));
afterAll(() => bench.close());

let keys = 0;
const newKey = () => `key ${++keys}`.replace(' ', '-');
const create = (key: string, body: object, more: { key?: string; path?: string } = {}) =>
  bench.call('POST', more.path ?? '/api/campaigns', {
    body,
    headers: { 'Idempotency-Key': key },
    ...(more.key !== undefined && { key: more.key }),
  });
const countCampaigns = async (name: string) =>
  (await bench.db.query('select from campaign where name = $1', [name])).length;
const asOwner = (sql: string) =>
  bench.db.transaction(async (tx) => {
    await tx.query(`select set_config('role', 'none', true)`);
    await tx.query(sql);
  });
const told = ({ status, text, headers }: Answer) => ({ status, text, etag: headers.get('etag') });

it('has the effect of a key once, and gives the first answer again', async () => {
  const key = newKey();
  const first = await create(key, { name: 'once' });
  const second = await create(key, { name: 'once' });
  expect(first.status).toBe(200);
  expect(told(second)).toEqual(told(first));
  expect(second.headers.get('idempotency-replayed')).toBe('true');
  expect(await countCampaigns('once')).toBe(1);
});

it('lets twins that come at once have one effect and the same answer', async () => {
  const key = newKey();
  const answers = await Promise.all(Array.from({ length: 12 }, () => create(key, { name: 'twins' })));
  expect(new Set(answers.map((answer) => JSON.stringify(told(answer)))).size).toBe(1);
  expect(answers[0]?.status).toBe(200);
  expect(await countCampaigns('twins')).toBe(1);
});

it('lets twins on two processes have one effect', async () => {
  const key = newKey();
  const other = await apiBench((deps) => createApi({ ...deps, db: bench.db }));
  const call = (url: string) =>
    fetch(`${url}/api/campaigns`, {
      method: 'POST',
      headers: { 'X-API-KEY': bench.own.keys.admin, 'Idempotency-Key': key, 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'two processes' }),
    }).then((response) => response.text());
  const answers = await Promise.all([call(bench.url), call(other.url), call(bench.url), call(other.url)]);
  await other.close().catch(() => undefined); // its database is ours
  expect(new Set(answers).size).toBe(1);
  expect(await countCampaigns('two processes')).toBe(1);
});

it.each([
  ['another body', { name: 'b' }, '/api/campaigns'],
  ['another address', { name: 'a' }, '/api/companies/{company}/campaigns'],
])('refuses a key that was used with %s', async (_, body, path) => {
  const key = newKey();
  await create(key, { name: 'a' });
  const answer = await create(key, body, { path: path.replace('{company}', bench.own.id) });
  expect(answer).toMatchObject({ status: 422, json: { code: 'idempotencyKeyReused' } });
});

it('gives a refusal again, too, also when the reason for it has gone', async () => {
  const campaign = await insertCampaign(bench.db, { companyId: bench.own.id });
  const path = `/api/campaigns/${campaign}/runs`;
  const { json: run } = await bench.call('POST', path, { body: {} });
  const key = newKey();
  const refused = await create(key, {}, { path });
  await bench.db.execute(`update run set status = 'succeeded' where id = $1`, [run['id']]);
  expect(refused).toMatchObject({ status: 409, json: { code: 'runActive' } });
  expect(told(await create(key, {}, { path }))).toEqual(told(refused));
  expect(await create(newKey(), {}, { path })).toMatchObject({ status: 200 });
});

it('keeps nothing of a body that it could not take, so that it can be mended', async () => {
  const key = newKey();
  expect(await create(key, { nmae: 'mended' })).toMatchObject({ status: 400 });
  expect(await create(key, { name: 'mended' })).toMatchObject({ status: 200 });
});

it('keeps nothing of our own faults: the same key tries again', async () => {
  const key = newKey();
  await asOwner(`alter table campaign add constraint broken check (name <> 'unlucky') not valid`);
  expect(await create(key, { name: 'unlucky' })).toMatchObject({ status: 500 });
  await asOwner('alter table campaign drop constraint broken');
  expect(await create(key, { name: 'unlucky' })).toMatchObject({ status: 200 });
});

it('gives an answer again to whoever may do the same, and to nobody else', async () => {
  const headers = { 'Idempotency-Key': 'of-an-admin' };
  const send = (key: string) => bench.call('POST', '/api/campaigns', { key, headers, body: { name: 'canary' } });
  const { admin, operator, viewer } = bench.own.keys;
  const first = await send(admin);
  expect(await send(operator)).toMatchObject({ status: 200, text: first.text });
  const refused = await send(viewer);
  expect(refused).toMatchObject({ status: 403, json: { code: 'forbidden' } });
  expect(refused.text).not.toContain('canary');
});

it('keeps keys per company', async () => {
  const key = newKey();
  await create(key, { name: 'mine' });
  expect(await create(key, { name: 'theirs' }, { key: bench.other.keys.admin })).toMatchObject({
    status: 200,
    data: { name: 'theirs' },
  });
});

it('forgets a key after a day', async () => {
  const key = newKey();
  await create(key, { name: 'yesterday' });
  await bench.db.execute(`update kept_answer set created_at = now() - interval '25 hours' where key = $1`, [key]);
  expect(await create(key, { name: 'today' })).toMatchObject({ status: 200, data: { name: 'today' } });
});

it.each(['', ' ', 'a b', 'x'.repeat(256)])('refuses the key %j', async (key) => {
  const answer = await create(key, { name: 'x' });
  expect(answer).toMatchObject({ status: 400, faults: ['Idempotency-Key wrongForm'] });
});

it('rings once for a run that was asked for twice', async () => {
  const campaign = await insertCampaign(bench.db, { companyId: bench.own.id });
  const before = bench.accepted.length;
  const key = newKey();
  const path = `/api/campaigns/${campaign}/runs`;
  const [first, second] = [await create(key, {}, { path }), await create(key, {}, { path })];
  expect(second.json['id']).toBe(first.json['id']);
  expect(bench.accepted.length - before).toBe(1);
});
