import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { NotReady } from '@muster/core/errors';
import { audience } from '@muster/directory/audience';
import { executeStep } from '@muster/pipeline/executeStep';
import { heal, sealLogs } from '@muster/pipeline/heal';
import { type QuerySource } from '@muster/pipeline/ports';
import { type StepDeps } from '@muster/pipeline/stepDeps';
import { insertContact, insertPerson } from './factories.ts';
import { FakeDestination } from './fakeDestination.ts';
import { FakeDoorbell } from './fakeDoorbell.ts';
import { FakeFileStore } from './fakeFileStore.ts';
import { fakeLog } from './fakeLog.ts';
import { FakeOutsideGuard } from './fakeOutsideGuard.ts';
import { FakeTaskBell } from './fakeTaskBell.ts';
import { runBench } from './runBench.ts';

const MANY_STEPS = 50;

/** A worker and a healer on a database of their own, with the outside in memory: Redash, SFTP, files, the queue. */
export async function pipelineBench({ placesPerCompany = 1000 } = {}) {
  const bench = await runBench({ placesPerCompany });
  const sftp = new FakeDestination();
  const store = new FakeFileStore();
  const doorbell = new FakeDoorbell();
  const taskBell = new FakeTaskBell();
  const log = fakeLog();
  const redash = fakeSource();
  const outsideGuard = new FakeOutsideGuard();
  const deps: StepDeps = {
    source: redash,
    destination: sftp,
    audience: audience(bench.db),
    outsideGuard,
    runs: bench.runs,
    places: bench.places,
    deliveries: bench.deliveries,
    secrets: {
      read: async () => ({ ...noSecrets, redashApiKey: 'key', sftpPassword: 'secret' }),
      pinHostKey: async (_, fingerprint) => fingerprint,
    },
    now: () => bench.db.now(),
    doorbell,
    taskBell,
    store,
    log,
    times: { leaseMs: 60_000, heartbeatMs: 50 },
    retries: { query: 60_000, filter: 60_000, export: 60_000, upload: 60_000, report: 60_000 },
    isolate: async () => undefined,
  };
  return {
    ...bench,
    ...{ sftp, store, doorbell, taskBell, log, redash, outsideGuard, deps },
    work: (change: Partial<StepDeps> = {}) => answerRings(doorbell, { ...deps, ...change }),
    heal: async () => {
      await heal(deps);
      await sealLogs(deps);
    },
    /** Lets the wait of every postponed step be over, and that of a run which gave its place back for it. */
    passTime: () => passTime(bench),
    addBorrower: () => addBorrower(bench),
    runOf: async (id: string) => (await bench.db.query<RunRow>('select * from run where id = $1', [id]))[0],
    fileOf: async (runId: string, name: string) => {
      const [file] = await bench.db.query<{ key: string }>('select key from file where run_id = $1 and name = $2', [
        runId,
        name,
      ]);
      return file && store.files.get(file.key)?.toString();
    },
  };
}

async function passTime({ db }: Awaited<ReturnType<typeof runBench>>) {
  for (const table of ['run_step', 'run']) {
    const past = `clock_timestamp() - interval '1 s'`;
    await db.execute(`update ${table} set not_before = ${past} where not_before is not null`);
  }
}

/** Answers rings, as a worker does, until none is left. */
async function answerRings(doorbell: FakeDoorbell, deps: StepDeps) {
  for (let i = 0; i < MANY_STEPS; i++) {
    const ring = doorbell.take();
    if (!ring) return;
    await executeStep(ring, deps, new AbortController().signal).catch((error: unknown) => {
      if (!(error instanceof NotReady)) throw error;
    });
  }
  throw new Error('the run does not end');
}

export interface RunRow {
  status: string;
  error_code: string | null;
  error_message: string | null;
  error_step: string | null;
  counts: Record<string, unknown>;
  rung_at: Date | null;
  screened: boolean | null;
}

const noSecrets = {
  redashApiKey: null,
  sftpPassword: null,
  sftpPrivateKey: null,
  sftpPassphrase: null,
  pinnedHostKey: null,
};

interface FakeSource extends QuerySource {
  /** What the query gives. */
  csv: string;
  /** Thrown, one a call, before it gives anything. */
  failures: Error[];
  /** How often it was asked. */
  asked: number;
}

/** Redash in memory. */
function fakeSource(): FakeSource {
  const source: FakeSource = {
    csv: 'id\r\n',
    failures: [],
    asked: 0,
    fetchRows: async (_query, to, signal) => {
      source.asked += 1;
      const failure = source.failures.shift();
      if (failure) throw failure;
      await pipeline(Readable.from([source.csv]), to, { signal });
      const [header = '', ...rows] = source.csv.trimEnd().split('\r\n');
      return { rows: rows.length, columns: header.split(',') };
    },
  };
  return source;
}

async function addBorrower({ db, companyId }: Awaited<ReturnType<typeof runBench>>) {
  const person = await insertPerson(db, { companyId });
  await insertContact(db, { companyId, personKey: person.key });
  return person;
}
