import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { insertCompany } from '@muster/testing/factories';
import { createApiKey } from '@muster/db/apiKeys';
import { createApi } from '../createApi.ts';

let bench: ApiBench;
beforeAll(async () => void (bench = await apiBench(createApi)));
afterAll(() => bench.close());

type NewKey = Omit<Parameters<typeof createApiKey>[1], 'companyId'>;

// Services put secrets into addresses, wherever there is room.
const addresses = {
  complianceGuardUrl: 'https://guard.example.com/canary/check?key=canary',
  gateways: { text: { url: 'https://sms.example.com:443/canary', secret: null } },
  alertWebhook: { url: 'https://hooks.example.com/services/canary', secret: null },
  smsWebhook: { url: 'https://hooks.example.com/texts/canary', secret: null },
};
const masked = {
  complianceGuardUrl: 'https://guard.example.com/…',
  gateways: { text: { url: 'https://sms.example.com/…', secret: null }, mail: null },
  alertWebhook: { url: 'https://hooks.example.com/…', secret: null },
  smsWebhook: { url: 'https://hooks.example.com/…', secret: null },
};
/** A company that calls them: its PUT by an admin, and its GET by others. */
const called = async () => {
  const companyId = await insertCompany(bench.db);
  const path = `/api/companies/${companyId}`;
  const keyOf = async (newKey: NewKey) => (await createApiKey(bench.db, { companyId, ...newKey })).key;
  const key = await keyOf({ role: 'admin' });
  const put = (body: object, headers = {}) => bench.call('PUT', path, { body, key, headers });
  expect(await put(addresses)).toMatchObject({ status: 200, data: addresses });
  const readBy = async (newKey: NewKey, headers = {}) => bench.call('GET', path, { key: await keyOf(newKey), headers });
  return { put, readBy };
};

it('shows an address that is called whole to those who may write it, to all others as its server only', async () => {
  const { readBy } = await called();
  const others: NewKey[] = [{ role: 'viewer' }, { role: 'operator' }, { role: 'service' }];
  for (const key of [...others, { role: 'admin', scopes: ['company:read'] } satisfies NewKey]) {
    const answer = await readBy(key);
    expect(answer).toMatchObject({ status: 200, data: masked });
    expect(answer.text).not.toContain('canary');
  }
  expect(await readBy({ role: 'admin' })).toMatchObject({ status: 200, data: addresses });
  expect(JSON.stringify(bench.lines)).not.toContain('canary');
});

it('has an ETag for each way of seeing them, which holds until something changes', async () => {
  const { readBy, put } = await called();
  const etagFor = async (role: NewKey['role']) => (await readBy({ role })).headers.get('etag')!;
  const [forViewer, forAdmin] = [await etagFor('viewer'), await etagFor('admin')];
  expect(await readBy({ role: 'operator' }, { 'If-None-Match': forViewer })).toMatchObject({ status: 304 });
  const change = { alertWebhook: { url: 'https://hooks.example.com/services/canary-2' } };
  expect(await put(change, { 'If-Match': forAdmin })).toMatchObject({ status: 200 });
  expect(await put({ name: 'x' }, { 'If-Match': forAdmin })).toMatchObject({ status: 412 });
  expect(await etagFor('viewer')).not.toBe(forViewer);
  expect(await put({ name: 'x' }, { 'If-Match': await etagFor('admin') })).toMatchObject({
    status: 200,
  });
});

it('leaves an address alone when its mask is sent back, and stores no mask', async () => {
  const { readBy, put } = await called();
  const { data } = await readBy({ role: 'viewer' });
  expect(await put(data)).toMatchObject({ status: 200, data: addresses });
  const foreign = 'https://elsewhere.example.com/…';
  const strange = {
    complianceGuardUrl: foreign,
    gateways: { mail: { url: foreign } },
    alertWebhook: { url: foreign },
  };
  expect(await put(strange)).toMatchObject({
    status: 400,
    faults: ['alertWebhook.url wrongForm', 'gateways.mail.url wrongForm', 'complianceGuardUrl wrongForm'],
  });
});
