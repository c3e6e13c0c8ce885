import { tmpdir } from 'node:os';
import { defaultGuardSettings } from '@muster/core/guardSettings';
import { TemporaryFailure } from '@muster/core/errors';
import { FakeAudience } from '@muster/testing/fakeAudience';
import { FakeDestination } from '@muster/testing/fakeDestination';
import { FakeOutsideGuard } from '@muster/testing/fakeOutsideGuard';
import { checkConnections, type CheckPorts } from './checkConnections.ts';
import { type RunSettings } from './runSettings.ts';

const settings: RunSettings = {
  company: { id: 'CP-1', timeZone: 'UTC' },
  campaign: { id: 'CM-1', externalId: null, name: null, redashQueryUrl: 'https://redash.example.com/queries/1' },
  exporter: null,
  sftp: {
    ...{ host: 'sftp.example.com', username: 'muster', cdDir: null, hostKeyFingerprint: null },
    ...{ fileNameTemplate: null, compression: 'none' },
  },
  hasOverride: false,
};
const noSecrets = { sftpPrivateKey: null, sftpPassphrase: null, pinnedHostKey: null };
const claim = {
  ...({ taskId: 'CK-1', attempt: 1, tries: 1, kind: 'check', companyId: 'CP-1', requestId: null } as const),
  input: { campaignId: 'CM-1' },
};

function check(change: Partial<CheckPorts> = {}, signal = new AbortController().signal) {
  const ports: CheckPorts = {
    source: { fetchRows: () => Promise.reject(new Error('a check executes nothing')) },
    describer: { describe: async () => ({ name: 'Query' }) },
    destination: new FakeDestination(),
    audience: new FakeAudience({}),
    outsideGuard: new FakeOutsideGuard(),
    now: async () => new Date('2026-03-04T17:34:00Z'),
    readTrial: async () => ({ settings, secrets: { redashApiKey: 'key', sftpPassword: 'secret', ...noSecrets } }),
    pinHostKey: async ({ fingerprint }) => fingerprint,
    spoolDirectory: tmpdir(),
    ...change,
  };
  return checkConnections(ports).work(claim, { signal, note: async () => undefined });
}

const hanging = (_: unknown, signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });

const guarded = (screens: boolean): RunSettings => ({
  ...settings,
  company: {
    ...settings.company,
    guard: { ...defaultGuardSettings, complianceGuardUrl: 'https://guard.example.com/checks' },
  },
  exporter: {
    ...{ id: 'CX-1', contactMatchingCriteria: { contactType: ['phone'] }, columnSettings: [{ field: 'contact.id' }] },
    checkCanInteractData: screens ? { theme: 'opsCollDebt', isAutodialed: false } : null,
  },
});
const trialOf = (of: RunSettings) => async () => ({
  settings: of,
  secrets: { redashApiKey: 'key', sftpPassword: 'secret', ...noSecrets },
});

it('tries the company\u2019s own guard, naming nobody to it', async () => {
  const outsideGuard = new FakeOutsideGuard();
  expect(await check({ outsideGuard, readTrial: trialOf(guarded(true)) })).toMatchObject({
    complianceGuard: { ok: true, code: null, message: null },
  });
  expect([outsideGuard.probed, outsideGuard.asked]).toEqual([['https://guard.example.com/checks'], []]);

  outsideGuard.failures.push(new TemporaryFailure('outsideGuardUnavailable', 'it is away'));
  expect(await check({ outsideGuard, readTrial: trialOf(guarded(true)) })).toMatchObject({
    ...{ redash: { ok: true }, sftp: { ok: true } },
    complianceGuard: { ok: false, code: 'outsideGuardUnavailable', message: 'it is away' },
  });
});

it('tries no guard that a run would not ask', async () => {
  const outsideGuard = new FakeOutsideGuard();
  for (const each of [settings, guarded(false), { ...guarded(true), exporter: null }]) {
    expect(await check({ outsideGuard, readTrial: trialOf(each) })).toMatchObject({ complianceGuard: null });
  }
  expect(outsideGuard.probed).toEqual([]);
});

it('waits for neither longer than it may, and lets the other one have its verdict', async () => {
  expect(await check({ withinMs: 50, describer: { describe: hanging } })).toMatchObject({
    redash: { ok: false, code: 'checkTimedOut' },
    sftp: { ok: true },
  });
});

it('gives no verdict when it is told to stop', async () => {
  const stop = new AbortController();
  const checked = check({ describer: { describe: hanging } }, stop.signal);
  stop.abort(new Error('stopping'));
  await expect(checked).rejects.toThrow('stopping');
});

it('says that the disk is full where only a part of the probe arrived, and takes that back', async () => {
  const destination = new FakeDestination().diskFullAfter(10, { silently: true });
  expect(await check({ destination })).toMatchObject({ sftp: { ok: false, code: 'remoteFileShort' } });
  expect([...destination.files.keys()]).toEqual([]);
});

it('tells nothing of an error that is none of ours but its code', async () => {
  const describe = () => Promise.reject(Object.assign(new Error('jane@example.com'), { code: 'EODD' }));
  const verdict = (await check({ describer: { describe } })) as Record<string, unknown>;
  expect(verdict['redash']).toMatchObject({ ok: false, code: 'unexpected', message: 'an unexpected error (EODD)' });
});
