import ssh2 from 'ssh2';
import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { createApi } from '../createApi.ts';

let bench: ApiBench;
beforeAll(async () => void (bench = await apiBench(createApi)));
afterAll(() => bench.close());

const path = '/api/campaigns';
const MASK = '********';
const server = { host: 'sftp.example.com', username: 'muster' };
const broken = '-----BEGIN OPENSSH PRIVATE KEY-----\ncanary-private-key\n-----END OPENSSH PRIVATE KEY-----\n';
const lock = { cipher: 'aes256-cbc', passphrase: 'canary-right', rounds: 1 };
const locked = ssh2.utils.generateKeyPairSync('ed25519', lock).private;
const post = (sftpSettings: object) => bench.call('POST', path, { body: { sftpSettings } });
const put = (campaign: Record<string, unknown>, sftpSettings: object) =>
  bench.call('PUT', `${path}/${String(campaign['id'])}`, { body: { sftpSettings } });

it.each([
  ['a key that cannot be read', { privateKey: broken }, 'sftpSettings.privateKey keyUnusable'],
  ['a locked key alone', { privateKey: locked }, 'sftpSettings.passphrase passphraseWrong'],
  [
    'a locked key with another passphrase',
    { privateKey: locked, passphrase: 'canary-wrong' },
    'sftpSettings.passphrase passphraseWrong',
  ],
])('refuses %s, without a word of it', async (_case, key, fault) => {
  const answer = await post({ ...server, ...key });
  expect(answer).toMatchObject({ status: 400, faults: [fault] });
  expect(answer.text).not.toContain('canary');
});

it('refuses a new passphrase, or none, that does not open the stored key', async () => {
  const made = (await post({ ...server, privateKey: locked, passphrase: lock.passphrase })).data;
  for (const passphrase of ['wrong', null]) {
    const answer = await put(made, { passphrase });
    expect(answer).toMatchObject({ status: 400, faults: ['sftpSettings.passphrase passphraseWrong'] });
  }
  expect(await put(made, { passphrase: MASK, privateKey: MASK })).toMatchObject({ status: 200 });
  expect(await put(made, { privateKey: locked })).toMatchObject({ status: 200 });
});
