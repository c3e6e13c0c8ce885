import { randomBytes } from 'node:crypto';
import ssh2 from 'ssh2';
import { openSecretBox } from '@muster/core/secretBox';
import { proveSecretKey } from '@muster/db/proveSecretKey';
import { rotateSecretKey } from '@muster/db/rotateSecretKey';
import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { createApi } from './createApi.ts';

let bench: ApiBench;
let told: number;
beforeEach(async () => {
  told = 0;
  bench = await apiBench((deps) => createApi({ ...deps, onKeyReplaced: () => void (told += 1) }));
  await proveSecretKey(bench.db, bench.box);
});
afterEach(() => bench.close());

const rotate = () =>
  rotateSecretKey(bench.db, {
    ...{ from: bench.box, to: openSecretBox({ key: randomBytes(32).toString('base64') }) },
  });
const lock = { cipher: 'aes256-cbc', passphrase: 'pass', rounds: 1 };
const newKey = () => ssh2.utils.generateKeyPairSync('ed25519', lock).private;
const newCampaign = async () => {
  const sftpSettings = { host: 'sftp.example.com', username: 'u', privateKey: newKey(), passphrase: lock.passphrase };
  return String((await bench.call('POST', '/api/campaigns', { body: { sftpSettings } })).data['id']);
};
const refusal = { status: 503, json: { code: 'secretKeyReplaced' } };

it('is ready no more once its key was replaced, and tells it, though the database answers', async () => {
  expect(await bench.call('GET', '/readyz')).toMatchObject({ status: 200, json: { message: 'ready' } });
  expect(told).toBe(0);
  await rotate();
  expect(await bench.call('GET', '/readyz')).toMatchObject({
    status: 503,
    json: { message: expect.stringContaining('secret key was replaced') as string, database: 'reachable' },
  });
  expect(told).toBe(1);
});

it('answers 503, to be asked again, where it cannot store a secret any more', async () => {
  const id = await newCampaign();
  await rotate();
  const answer = await bench.call('PUT', `/api/campaigns/${id}`, { body: { redashApiKey: 'new' } });
  expect(answer).toMatchObject(refusal);
  expect(answer.headers.get('retry-after')).toBe('5');
  expect(told).toBe(1);
});

it('answers 503, to be asked again, where a stored secret does not open by the old key', async () => {
  const id = await newCampaign();
  await rotate();
  const body = { sftpSettings: { privateKey: newKey() } }; // is tried with the passphrase that is stored
  expect(await bench.call('PUT', `/api/campaigns/${id}`, { body })).toMatchObject(refusal);
  expect(told).toBe(1);
});

it('goes on with a secret that does not open with the present key', async () => {
  const id = await newCampaign();
  await bench.db.execute(`update campaign set sftp_passphrase = overlay(sftp_passphrase placing 'AAAA' from 20)`);
  const body = { sftpSettings: { privateKey: newKey() } };
  expect(await bench.call('PUT', `/api/campaigns/${id}`, { body })).toMatchObject({ status: 500 });
  expect([told, (await bench.call('GET', '/readyz')).status]).toEqual([0, 200]);
});
