import { type StepContext } from '@muster/pipeline/step';
import { type InputCounts, type MatchCounts } from '@muster/pipeline/ports';
import { type Run, type RunFile, type StepName } from '@muster/pipeline/run';
import { type OverrideRows, type RunEvent } from '@muster/pipeline/runs';
import { type RunSettings } from '@muster/pipeline/runSettings';
import { campaignRun } from '@muster/pipeline/campaignRun';
import { openWorkspace } from '@muster/pipeline/workspace';
import { FakeAudience } from './fakeAudience.ts';
import { FakeDeliveries } from './fakeDeliveries.ts';
import { FakeDestination } from './fakeDestination.ts';
import { FakeFileStore } from './fakeFileStore.ts';
import { FakeOutsideGuard } from './fakeOutsideGuard.ts';

export interface StepBenchOptions {
  step: StepName;
  /** What earlier steps have sealed. */
  files?: Partial<Record<RunFile, string>>;
  /** Rows that the caller handed in, in the parts in which they are stored. */
  override?: OverrideRows[];
  /** What the filter has left for the export. */
  notes?: Record<string, unknown>;
  settings?: Partial<RunSettings>;
  /** How often the step has failed before. */
  failures?: number;
  input?: Partial<InputCounts>;
  matched?: Partial<MatchCounts>;
  /** The contacts that the rules of the house let through, where an outside guard is to be asked. */
  letThrough?: string[];
}

const startedAt = new Date('2026-11-22T10:20:30.000Z');
const secrets = {
  ...{ redashApiKey: 'redash-key', sftpPassword: 'sftp-password' },
  ...{ sftpPrivateKey: null, sftpPassphrase: null, pinnedHostKey: null as string | null },
};

/** One step in a world of its own, all in memory: what it reads, whom it talks to, and what it leaves. */
export async function stepBench(options: StepBenchOptions) {
  const store = new FakeFileStore();
  const sealed = await sealAll(store, options.files ?? {});
  const run = runWith(options.settings ?? {});
  const lease = { runId: run.id, step: options.step, attempt: 1 };
  const sftp = new FakeDestination();
  const ledger = new FakeDeliveries();
  const audience = new FakeAudience(options);
  const outsideGuard = new FakeOutsideGuard();
  const events: RunEvent[] = [];
  const declared = campaignRun.find(({ name }) => name === options.step);
  const overrideRows = async function* () {
    yield* options.override ?? [];
  };
  const fileOf = async (_run: Run, name: RunFile) => {
    const file = sealed.get(name);
    if (!file) throw new Error(`no ${name} was given`);
    return file;
  };
  const ctx: StepContext = {
    ...{ run, lease, audience, failures: options.failures ?? 0, signal: new AbortController().signal },
    ...{ destination: sftp, deliveries: ledger, outsideGuard },
    source: { fetchRows: () => Promise.reject(new Error('there is no Redash here')) },
    runs: { notesOf: async () => options.notes ?? {}, overrideRows, events: async () => events },
    secrets: { read: async () => secrets, pinHostKey: async (_, seen) => secrets.pinnedHostKey ?? seen },
    now: async () => startedAt,
    note: async (event, details) =>
      void events.push({ at: startedAt, step: options.step, event, details: details ?? null }),
  };
  const io = openWorkspace({ store, runs: { fileOf } }, run, { lease, files: declared ?? {} });
  return { ctx, io, sftp, ledger, audience, outsideGuard, events, store };
}

function runWith(settings: Partial<RunSettings>): Run {
  return {
    ...{ id: 'CR-AAAA-BBBB', companyId: 'CP-AAAA-BBBB', campaignId: 'CM-AAAA-BBBB' },
    ...{ generation: 1, requestId: null, startedAt },
    settings: {
      company: { id: 'CP-AAAA-BBBB', timeZone: 'America/New_York' },
      campaign: { id: 'CM-AAAA-BBBB', externalId: null, name: null, redashQueryUrl: null },
      exporter: {
        ...{ id: 'CE-AAAA-BBBB', contactMatchingCriteria: { contactType: ['phone'] } },
        ...{ columnSettings: [{ field: 'contact.value' }], checkCanInteractData: null },
      },
      sftp: {
        ...{ host: 'sftp.example.com', username: 'muster', cdDir: null, hostKeyFingerprint: null },
        ...{ fileNameTemplate: null, compression: 'none' },
      },
      hasOverride: false,
      ...settings,
    },
  };
}

async function sealAll(store: FakeFileStore, files: Partial<Record<RunFile, string>>) {
  const sealed = new Map<RunFile, Awaited<ReturnType<Awaited<ReturnType<FakeFileStore['create']>>['seal']>>>();
  for (const [name, content] of Object.entries(files) as [RunFile, string][]) {
    const file = await store.create(`earlier/${name}`);
    file.stream.end(content);
    sealed.set(name, await file.seal());
  }
  return sealed;
}
