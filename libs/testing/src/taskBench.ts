import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Log } from '@muster/core/log';
import { type SecretBox } from '@muster/core/secretBox';
import { pinCampaignHostKey, readCampaignTrial } from '@muster/db/campaignSecrets';
import { readDecidedRun, recordDecisions } from '@muster/db/decisionsOfRun';
import { recordImport } from '@muster/db/imports';
import { type OpenDatabase } from '@muster/db/openDatabase';
import { taskRemains } from '@muster/db/taskRemains';
import { tasks } from '@muster/db/tasks';
import { audience } from '@muster/directory/audience';
import { storeDecisions } from '@muster/directory/guard/storeDecisions';
import { type ImportInput } from '@muster/directory/imports/importInput';
import { importRows } from '@muster/directory/imports/importRows';
import { sampleRows } from '@muster/directory/sampleRows';
import { checkConnections } from '@muster/pipeline/checkConnections';
import { type TaskDeps } from '@muster/pipeline/executeTask';
import { loadDecisions } from '@muster/pipeline/loadDecisions';
import { loadImport } from '@muster/pipeline/loadImport';
import { previewCampaign } from '@muster/pipeline/previewCampaign';
import { startTaskWorker } from '@muster/pipeline/startTaskWorker';
import { type TaskBell } from '@muster/pipeline/taskBell';
import { type TaskQueue } from '@muster/pipeline/tasks';
import { type TidyDeps } from '@muster/pipeline/tidyTasks';
import { FakeDestination } from './fakeDestination.ts';
import { type FakeFileStore } from './fakeFileStore.ts';
import { FakeOutsideGuard } from './fakeOutsideGuard.ts';
import { FakeTaskBell } from './fakeTaskBell.ts';

interface Opened {
  db: OpenDatabase;
  box: SecretBox;
  files: FakeFileStore;
  log: Log;
  /** Where the workers are rung; in memory where absent. */
  bell?: TaskBell;
  /** Up to which size the files of decisions are held in memory; as in workers where absent. */
  inMemoryBytes?: number;
}

interface WorkerOptions {
  queue?: TaskQueue;
  concurrency?: number;
  sweepEveryMs?: number;
  change?: (deps: TaskDeps) => TaskDeps;
}

export const testTaskLeaseMs = 500;

/** Workers on the tasks of a database, as many as are wanted, with the outside in memory: Redash, SFTP, the queue. */
export async function taskBench({ db, box, files, log, bell = new FakeTaskBell(), inMemoryBytes }: Opened) {
  const spoolDirectory = await mkdtemp(join(tmpdir(), 'muster-tasks-'));
  const sftp = new FakeDestination();
  const redash = new FakeRedash();
  const outsideGuard = new FakeOutsideGuard();
  const remains = taskRemains(db);
  const ports = {
    ...{
      source: redash,
      describer: redash,
      destination: sftp,
      audience: audience(db, { reserves: false }),
      outsideGuard,
      sampler: sampleRows(db),
    },
    ...{ spoolDirectory, now: () => db.now() },
    readTrial: (campaignId: string) => readCampaignTrial(db, box, campaignId),
    pinHostKey: (seen: Parameters<typeof pinCampaignHostKey>[1]) => pinCampaignHostKey(db, seen),
  };
  const deps: TaskDeps & TidyDeps = {
    tasks: tasks(db, { leaseMs: testTaskLeaseMs }),
    works: {
      preview: previewCampaign(ports),
      check: checkConnections(ports),
      ...loads({ db, files, ...(inMemoryBytes !== undefined && { inMemoryBytes }) }),
    },
    ...{ remains, store: files, audience: ports.audience, log },
    times: { leaseMs: testTaskLeaseMs, heartbeatMs: 50 },
  };
  const workers: { close(graceMs: number): Promise<void> }[] = [];
  return {
    ...{ sftp, redash, outsideGuard, bell, deps },
    startWorker: async ({ queue = 'previews', concurrency = 2, sweepEveryMs = 50, change }: WorkerOptions = {}) => {
      const worker = await startTaskWorker(queue, { ...(change?.(deps) ?? deps), bell }, { concurrency, sweepEveryMs });
      workers.push(worker);
      return worker;
    },
    /** What lies in the workers' own directory: nobody's data may stay there. */
    spooled: () => readdir(spoolDirectory),
    /** The tables that work in sets has left. */
    scratchTables: () => db.query(`select tablename from pg_tables where schemaname = 'scratch'`),
    close: async () => {
      for (const worker of workers) await worker.close(0);
      await rm(spoolDirectory, { recursive: true });
    },
  };
}
export type TaskBench = Awaited<ReturnType<typeof taskBench>>;

/** The works that take in rows, as workers have them. */
function loads({ db, files, ...options }: Pick<Opened, 'db' | 'files' | 'inMemoryBytes'>) {
  return {
    import: loadImport({
      loadRows: (job, options) =>
        importRows({ db: db.forCompany(job.companyId), store: files }, job as ImportInput, options),
      record: recordImport,
      folderRemoved: (folder) => taskRemains(db).folderRemoved(folder),
      store: files,
    }),
    decisions: loadDecisions({
      readRun: (runId) => readDecidedRun(db, runId),
      storeDecisions: (run, ...rest) => storeDecisions(db.forCompany(run.companyId), options)(run, ...rest),
      record: recordDecisions,
      store: files,
    }),
  };
}

/** Redash in memory: gives the same rows to each query, waits where it is told to, and fails where it is told to. */
class FakeRedash {
  csv = 'id\r\n';
  queryName = 'Borrowers to call';
  /** Thrown, one a call. */
  readonly failures: Error[] = [];
  /** The keys that it was asked with. */
  readonly keys: string[] = [];
  /** Set: answers come only when told so. */
  gate: Promise<void> | undefined;

  async fetchRows({ apiKey }: { apiKey: string }, to: Writable, signal: AbortSignal) {
    await this.answer(apiKey, signal);
    await pipeline(Readable.from([this.csv]), to, { signal });
    const [header = '', ...rows] = this.csv.trimEnd().split('\r\n');
    return { rows: rows.length, columns: header.split(',') };
  }

  async describe({ apiKey }: { apiKey: string }, signal: AbortSignal) {
    await this.answer(apiKey, signal);
    return { name: this.queryName };
  }

  private async answer(apiKey: string, signal: AbortSignal) {
    this.keys.push(apiKey);
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
    await Promise.race([this.gate, aborted]);
    const failure = this.failures.shift();
    if (failure) throw failure;
  }
}
