import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { smsCaller } from '@muster/testing/smsCaller';
import { createApi } from '../../createApi.ts';

let bench: ApiBench;
beforeAll(async () => (bench = await apiBench(createApi)));
afterAll(() => bench.close());

const call = (...args: Parameters<ReturnType<typeof smsCaller>>) => smsCaller(bench)(...args);
const create = (replyTextUrl: string) => {
  const campaign = { campaignName: 'Gift', serviceType: 'Message', replyText: 'Look: [url]', replyTextUrl };
  return call('POST', '/campaign', { body: JSON.stringify(campaign) });
};

it.each(['https://example.com/?phone=[phone]', 'http://[phone].example.com/gr\u00f8d'])(
  'takes a campaign that leads to %s',
  async (url) => expect((await create(url)).status).toBe(201),
);

it.each([
  'javascript:alert(1)',
  'ftp://example.com/',
  'https://[phone]:secret@example.com/',
  'https://example.com/ a',
  'https://example.com/\r\nSet-Cookie: a=b',
  'https://example.com/\u0085',
])('refuses a campaign that leads to %j', async (url) => {
  const { status, json } = await create(url);
  expect({ status, json }).toMatchObject({ status: 400, json: { errorCode: '10001' } });
  expect(json['errorDescription']).toContain('replyTextUrl');
});
