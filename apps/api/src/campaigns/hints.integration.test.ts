import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { createApi } from '../createApi.ts';

let bench: ApiBench;
beforeAll(async () => void (bench = await apiBench(createApi)));
afterAll(() => bench.close());

const sftpSettings = { host: 'sftp.example.com', username: 'muster', password: 'secret' };

/** The whole sentence that a campaign is refused with. */
async function told(change: object) {
  const full = { name: 'Past due', redashQueryUrl: 'https://redash.example.com/queries/1', redashApiKey: 'key' };
  const { status, json } = await bench.call('POST', '/api/campaigns', { body: { ...full, ...change } });
  expect(status).toBe(400);
  return String(json['message']);
}

it('names the field of a wrong fingerprint, and the form to write', async () => {
  for (const hostKeyFingerprint of ['MD5:aa', 'ssh-ed25519 AAAA', 'SHA256:short']) {
    expect(await told({ sftpSettings: { ...sftpSettings, hostKeyFingerprint } })).toContain(
      'sftpSettings.hostKeyFingerprint: must be the fingerprint of a host key as ssh-keygen -l shows it, SHA256:… with 43',
    );
  }
});

it('lists the tokens that there are for one that is not', async () => {
  const list = '{campaignId}, {externalId}, {runId}, {date}, {time}, {kind}';
  expect(await told({ sftpSettings: { ...sftpSettings, fileNameTemplate: '{kind}{runid}' } })).toContain(
    `sftpSettings.fileNameTemplate: does not know {runid}; did you mean {runId}? There are ${list}`,
  );
});

it('takes the beginning of a field for that field, and guesses nothing where none is near', async () => {
  expect(await told({ sched: 'P P * * *' })).toContain('sched: is not a known field; did you mean schedule?');
  expect(await told({ cron: 'P P * * *' })).toMatch(/cron: is not a known field(?!; did)/);
});
