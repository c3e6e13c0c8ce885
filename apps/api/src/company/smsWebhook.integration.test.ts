import { companySecretPlace, readCompany } from '@muster/db/companySettings';
import { createApiKey } from '@muster/db/apiKeys';
import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { insertCompany } from '@muster/testing/factories';
import { createApi } from '../createApi.ts';

let bench: ApiBench;
beforeAll(async () => void (bench = await apiBench(createApi)));
afterAll(() => bench.close());

const MASK = '********';
const url = 'https://texts.example.com/muster';
const secret = 'canary of the webhook';

/** A company of the test's own, and how its webhook for texts is changed. */
async function company() {
  const id = await insertCompany(bench.db);
  const { key } = await createApiKey(bench.db, { companyId: id, role: 'admin' });
  const put = (smsWebhook: object | null) => bench.call('PUT', `/api/companies/${id}`, { body: { smsWebhook }, key });
  return { id, put };
}

it('is kept, its secret sealed to its own place and never shown', async () => {
  const { id, put } = await company();
  const answer = await put({ url, secret });
  expect(answer).toMatchObject({ status: 200, data: { smsWebhook: { url, secret: MASK } } });
  const { smsWebhook } = await readCompany(bench.db.forCompany(id));
  expect(bench.box.open(smsWebhook?.secret ?? '', companySecretPlace(id, 'smsWebhook'))).toBe(secret);
  expect(answer.text + JSON.stringify([smsWebhook, bench.lines])).not.toContain('canary');
});

it('loses its secret or itself to null, and nothing to what is absent', async () => {
  const { put } = await company();
  await put({ url, secret });
  expect((await put({})).data).toMatchObject({ smsWebhook: { url, secret: MASK } });
  expect((await put({ secret: null })).data).toMatchObject({ smsWebhook: { url, secret: null } });
  expect((await put(null)).data).toMatchObject({ smsWebhook: null });
});

it.each([
  ['inside', { url: 'https://10.0.0.1/' }, 'url addressForbidden'],
  ['of plain http', { url: 'http://texts.example.com' }, 'url httpsRequired'],
  ['without an address', { secret }, 'url required'],
  ['whose secret can be guessed', { url, secret: 'x' }, 'secret wrongLength'],
  ['with the mask where nothing is stored', { url, secret: MASK }, 'secret secretRequired'],
])('is refused %s', async (_, webhook, fault) => {
  const { put } = await company();
  expect(await put(webhook)).toMatchObject({ status: 400, faults: [`smsWebhook.${fault}`] });
});

it('takes no stored secret to another server', async () => {
  const { put } = await company();
  await put({ url, secret });
  const refused = { status: 400, faults: ['smsWebhook.secret secretRequired'] };
  expect(await put({ url: 'https://evil.example.com/muster' })).toMatchObject(refused);
});
