import { PermanentFailure } from '@muster/core/errors';
import { cancelRun } from '@muster/db/cancelRun';
import { type RetryOptions, retryRun } from '@muster/db/retryRun';
import { executeStep } from '@muster/pipeline/executeStep';
import { type StepName } from '@muster/pipeline/run';
import { type Claim } from '@muster/pipeline/runs';
import { insertExporter, insertReservation } from './factories.ts';
import { pipelineBench } from './pipelineBench.ts';

type PipelineBench = Awaited<ReturnType<typeof pipelineBench>>;
type RunSettings = Claim['run']['settings'];

/** A pipeline whose runs fail where a test wants it, and are canceled and retried as the API does it. */
export async function controlBench() {
  const bench = await pipelineBench();
  const wantedRun = async (runId: string) => {
    const [run] = await bench.db.query<{ id: string }>('select campaign_id as id from run where id = $1', [runId]);
    return { campaign: run?.id ?? '', runId };
  };
  const company = bench.db.forCompany(bench.companyId);
  return {
    ...bench,
    company,
    wantedRun,
    ring: () => ring(bench),
    readyRun: (options: ReadyOptions = {}) => readyRun(bench, options),
    workUntil: (step: StepName) => workUntil(bench, step),
    /** Works until the step fails for good. */
    failAt: (step: StepName) => failAt(bench, step),
    /** Lets the run's step kill three workers. */
    park: (runId: string, step: StepName) => park(bench, runId, step),
    cancel: async (runId: string) => {
      const wanted = await wantedRun(runId);
      await company.transaction((tx) => cancelRun(tx, wanted, 'key1'));
    },
    /** Retries a run, and rings for it. */
    retry: async (runId: string, options: Partial<RetryOptions> = {}) => {
      const wanted = await wantedRun(runId);
      await company.transaction((tx) => retryRun(tx, wanted, { byKey: 'key1', withinMs: 86_400_000, ...options }));
      await ring(bench);
    },
    changeCampaign: async (runId: string, columns: string) =>
      bench.db.execute(`update campaign set ${columns} where id = $1`, [(await wantedRun(runId)).campaign]),
    settingsOf: async (runId: string) =>
      (await bench.db.query<{ settings: RunSettings }>('select settings from run where id = $1', [runId]))[0]?.settings,
    attemptsOf: (runId: string) => attemptsOf(bench, runId),
    generationOf: async (runId: string) =>
      (await bench.db.query<{ generation: number }>('select generation from run where id = $1', [runId]))[0]
        ?.generation,
    /** What is reserved for a run and not given back. */
    reservationsOf: (runId: string) =>
      bench.db.query('select 1 from reserved where run_id = $1 and released_at is null', [runId]),
    reserve: (runId: string, personKey: string) =>
      insertReservation(bench.db, {
        ...{ companyId: bench.companyId, runId, personKey, channel: 'voice', theme: 'collections' },
        expiresAt: new Date(Date.now() + 86_400_000),
      }),
    /** The contacts files on the server. */
    contactsSent: () => [...bench.sftp.files].filter(([name]) => name.endsWith('_contacts.csv')),
    /** How often a contacts file was uploaded. */
    uploads: () =>
      bench.sftp.log.filter((call) => call.startsWith('upload') && call.includes('contacts_output')).length,
  };
}
export type ControlBench = Awaited<ReturnType<typeof controlBench>>;

/** What a step that fails for good fails with here. */
export const loginRefused = () => new PermanentFailure('sftpLoginRefused', 'the SFTP server refused the password');

async function ring({ places, doorbell, companyId }: PipelineBench) {
  for (const next of await places.fill(companyId)) await doorbell.ring(next);
}

interface ReadyOptions {
  screened?: boolean;
  /** Without, the sealed file is what the company works with. */
  withSftp?: boolean;
}

async function readyRun(bench: PipelineBench, { screened = false, withSftp = true }: ReadyOptions) {
  const people = [await bench.addBorrower(), await bench.addBorrower(), await bench.addBorrower()];
  bench.redash.csv = `id\r\n${people.map(({ key }) => `${key}\r\n`).join('')}`;
  const contactExporterId = await insertExporter(bench.db, {
    companyId: bench.companyId,
    checkCanInteractData: screened ? { theme: 'opsCollDebt', isAutodialed: false } : null,
  });
  const runId = await bench.startRun({ contactExporterId, ...(!withSftp && { sftpSettings: null }) });
  await ring(bench);
  return { runId, people, contactExporterId };
}

async function workUntil({ doorbell, deps }: PipelineBench, step: StepName) {
  while (doorbell.waiting[0]?.step !== step) {
    const next = doorbell.take();
    if (!next) throw new Error(`the run does not come to ${step}`);
    await executeStep(next, deps, new AbortController().signal);
  }
}

async function failAt(bench: PipelineBench, step: StepName) {
  const refuse = () => Promise.reject(loginRefused());
  const audience = {
    ...bench.deps.audience,
    ...(step === 'filter' && { load: refuse }),
    ...(step === 'export' && { writeContacts: refuse }),
  };
  if (step === 'upload') bench.sftp.refuse('connect', loginRefused());
  await bench.work({ audience, ...(step === 'query' && { source: { fetchRows: refuse } }) });
  bench.sftp.allow('connect');
}

async function park({ runs, loseWorker }: PipelineBench, runId: string, step: StepName) {
  for (let crash = 0; crash < 3; crash++) {
    await runs.claim({ runId, step }, true);
    await loseWorker(runId, step);
  }
  await runs.claim({ runId, step }, true);
}

async function attemptsOf({ db }: PipelineBench, runId: string): Promise<Record<string, number>> {
  const steps = await db.query<{ name: string; attempt: number }>(
    'select name, attempt from run_step where run_id = $1 order by ordinal',
    [runId],
  );
  return Object.fromEntries(steps.map(({ name, attempt }) => [name, attempt]));
}
