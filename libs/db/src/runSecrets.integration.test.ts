import { randomBytes } from 'node:crypto';
import { openSecretBox } from '@muster/core/secretBox';
import { runBench } from '@muster/testing/runBench';
import { insertCampaign, updateCampaign } from './campaigns.ts';
import { insertRun } from './insertRun.ts';
import { proveSecretKey } from './proveSecretKey.ts';
import { readRunSettings } from './runSettings.ts';
import { pinHostKey, readRunSecrets } from './runSecrets.ts';

let bench: Awaited<ReturnType<typeof runBench>>;
beforeAll(async () => void (bench = await runBench()));
afterAll(() => bench.close());

const newBox = () => openSecretBox({ key: randomBytes(32).toString('base64') });
const sftpSettings = {
  ...{ host: 'sftp.example.com', username: 'u', cdDir: null },
  ...{ hostKeyFingerprint: null, fileNameTemplate: null, compression: 'none' as const },
};
const values = { redashQueryUrl: 'https://redash.example.com/queries/1', sftpSettings };
const secrets = { redashApiKey: 'a', sftpPassword: 'b' };

async function newRun(box = newBox()) {
  const { db, companyId } = bench;
  const campaignId = await db.forCompany(companyId).transaction((tx) => insertCampaign(tx, box, { values, secrets }));
  const settings = { ...(await readRunSettings(db, campaignId)), hasOverride: false };
  const run = { settings, trigger: 'manual', scheduledFor: null, requestId: null } as const;
  return { box, campaignId, runId: await db.transaction((tx) => insertRun(tx, run)) };
}
const change = (campaignId: string, box: ReturnType<typeof newBox>, changed: { values: object; secrets: object }) =>
  bench.db.forCompany(bench.companyId).transaction((tx) => updateCampaign(tx, box, { id: campaignId, ...changed }));

it('reads the secrets of a run as they are now', async () => {
  const { box, campaignId, runId } = await newRun();
  const read = {
    redashApiKey: 'a',
    sftpPassword: 'b',
    sftpPrivateKey: null,
    sftpPassphrase: null,
    pinnedHostKey: null,
  };
  expect(await readRunSecrets(bench.db, box, runId)).toEqual(read);
  await change(campaignId, box, { values: {}, secrets: { sftpPassword: 'new' } });
  expect(await readRunSecrets(bench.db, box, runId)).toEqual({ ...read, sftpPassword: 'new' });
});

it('gives no secret of a new server to a run that began with the old one', async () => {
  const { box, campaignId, runId } = await newRun();
  const moved = {
    redashQueryUrl: 'https://other.example.com/queries/1',
    sftpSettings: { ...sftpSettings, host: 'other.example.com' },
  };
  await change(campaignId, box, { values: moved, secrets: { redashApiKey: 'new', sftpPassword: 'new' } });
  expect(await readRunSecrets(bench.db, box, runId)).toMatchObject({ redashApiKey: null, sftpPassword: null });
});

it('does not open a secret that was moved to another campaign', async () => {
  const [one, other] = [await newRun(), await newRun()];
  await bench.db.execute(
    'update campaign set sftp_password = (select sftp_password from campaign where id = $1) where id = $2',
    [one.campaignId, other.campaignId],
  );
  await expect(readRunSecrets(bench.db, other.box, other.runId)).rejects.toMatchObject({ code: 'secretUnreadable' });
});

it('pins the first host key, and keeps it', async () => {
  const { box, runId } = await newRun();
  expect(await pinHostKey(bench.db, runId, 'SHA256:first')).toBe('SHA256:first');
  expect(await pinHostKey(bench.db, runId, 'SHA256:second')).toBe('SHA256:first');
  expect(await readRunSecrets(bench.db, box, runId)).toMatchObject({ pinnedHostKey: 'SHA256:first' });
});

it('pins nothing where a host key is named: that one holds', async () => {
  const { campaignId, box, runId } = await newRun();
  const named = { sftpSettings: { ...sftpSettings, hostKeyFingerprint: 'SHA256:named' } };
  await change(campaignId, box, { values: named, secrets: {} });
  expect(await pinHostKey(bench.db, runId, 'SHA256:seen')).toBe('SHA256:named');
  expect(await readRunSecrets(bench.db, box, runId)).toMatchObject({ pinnedHostKey: null });
});

it('pins no key of an old server for the new one', async () => {
  const { campaignId, box, runId } = await newRun();
  const moved = { sftpSettings: { ...sftpSettings, host: 'other.example.com' } };
  await change(campaignId, box, { values: moved, secrets: {} });
  expect(await pinHostKey(bench.db, runId, 'SHA256:old')).toBe('SHA256:old');
  const stored = await bench.db.query('select sftp_pinned_host_key from campaign where id = $1', [campaignId]);
  expect(stored).toEqual([{ sftp_pinned_host_key: null }]);
});

it('lets processes start with the first key only, and changes nothing for others', async () => {
  const [right, wrong] = [newBox(), newBox()];
  await proveSecretKey(bench.db, right);
  await proveSecretKey(bench.db, right);
  await expect(proveSecretKey(bench.db, wrong)).rejects.toMatchObject({ code: 'wrongSecretKey' });
  expect(await bench.db.query('select id from secret_key')).toEqual([{ id: right.keyId }]);
});
