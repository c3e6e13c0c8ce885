import { remoteName } from './remoteNames.ts';
import { type Run } from './run.ts';

function runWith(fileNameTemplate: string | null, compression: 'none' | 'gzip' = 'none'): Run {
  const sftp = {
    host: 'sftp.example.com',
    username: 'm',
    cdDir: null,
    hostKeyFingerprint: null,
    fileNameTemplate,
    compression,
  };
  return {
    id: 'CR-AAAA-BBBB',
    companyId: 'CP-1',
    campaignId: 'CM-CCCC-DDDD',
    generation: 1,
    requestId: null,
    startedAt: new Date('2026-11-22T10:20:30.456Z'),
    settings: {
      company: { id: 'CP-1', timeZone: 'UTC' },
      campaign: { id: 'CM-CCCC-DDDD', externalId: 'a/../b', name: null, redashQueryUrl: null },
      exporter: null,
      sftp,
      hasOverride: false,
    },
  };
}

it('names a file after campaign, run and the start of the run in UTC', () => {
  const run = runWith(null);

  expect(remoteName(run, 'contacts')).toBe('campaign_CM-CCCC-DDDD_run_CR-AAAA-BBBB_20261122T102030Z_contacts.csv');
  expect(remoteName(run, 'log')).toBe('campaign_CM-CCCC-DDDD_run_CR-AAAA-BBBB_20261122T102030Z_log.txt');
});

it('leaves room for the start of a run that has not started', () => {
  const name = remoteName({ ...runWith('{runId}_{date}_{time}'), startedAt: null }, 'contacts');

  expect(name).toBe('CR-AAAA-BBBB_YYYYMMDD_YYYYMMDDTHHMMSSZ.csv');
});

it('gives the token {time} the whole moment, so that the same second of another day is another name', () => {
  expect(remoteName(runWith('{kind}_{time}'), 'contacts')).toBe('contacts_20261122T102030Z.csv');
});

it('fills the template\u2019s tokens, and lets no value of ours leave the directory', () => {
  expect(remoteName(runWith('{externalId} {date} {time} {kind}', 'gzip'), 'contacts')).toBe(
    'a_.._b 20261122 20261122T102030Z contacts.csv.gz',
  );
  expect(remoteName(runWith('{externalId}_{runId}_{kind}', 'gzip'), 'log')).toBe('a_.._b_CR-AAAA-BBBB_log.txt');
});
