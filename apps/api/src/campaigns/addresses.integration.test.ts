import { readAllowList } from '@muster/adapters/addressGuard/readAllowList';
import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { createApi } from '../createApi.ts';

let bench: ApiBench;
beforeAll(
  async () => void (bench = await apiBench(createApi, { allow: readAllowList('10.1.0.0/16:443, sftp.corp:*') })),
);
afterAll(() => bench.close());

const login = { username: 'u', password: 'p' };
const refused = { status: 400, json: { code: 'invalidInput' } };

it.each(['10.0.0.1', '169.254.169.254', 'localhost', 'redash.internal', 'redash', '[::1]', '0x7f.1'])(
  'lets no campaign ask a query at %s, which the operator has not listed',
  async (host) => {
    const answer = await bench.call('POST', '/api/campaigns', {
      body: { redashQueryUrl: `https://${host}/queries/1` },
    });
    expect(answer).toMatchObject({ ...refused, faults: ['redashQueryUrl addressForbidden'] });
    expect(answer.text).toContain('ALLOW_ADDRESSES');
  },
);

it.each(['192.168.1.1', '[::1]', 'files.local:22', '10.1.0.1', 'sftp.example.com:5432'])(
  'lets no campaign drop its files at %s',
  async (host) => {
    const answer = await bench.call('POST', '/api/campaigns', { body: { sftpSettings: { ...login, host } } });
    expect(answer).toMatchObject({ ...refused, faults: ['sftpSettings.host addressForbidden'] });
  },
);

it('lets campaigns go where the operator says, and to the public internet', async () => {
  for (const [redashQueryUrl, host] of [
    ['https://10.1.2.3/queries/1', 'sftp.corp:4022'],
    ['https://redash.example.com/queries/1', 'sftp.example.com:23'],
  ]) {
    const body = { redashQueryUrl, sftpSettings: { ...login, host } };
    expect(await bench.call('POST', '/api/campaigns', { body })).toMatchObject({ status: 200 });
  }
});

it('holds a change to the same rule', async () => {
  const { data } = await bench.call('POST', '/api/campaigns', { body: {} });
  const change = { redashQueryUrl: 'https://127.0.0.1/queries/1' };
  const answer = await bench.call('PUT', `/api/campaigns/${String(data['id'])}`, { body: change });
  expect(answer).toMatchObject({ ...refused, faults: ['redashQueryUrl addressForbidden'] });
});
