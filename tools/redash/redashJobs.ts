import { randomUUID } from 'node:crypto';
import { runStatement, type Running, type Table } from './runStatement.ts';
import { hashOf } from './savedQuery.ts';

/** A result as Redash keeps it. */
export interface StoredResult extends Table {
  id: number;
  hash: string;
  statement: string;
  runtimeSeconds: number;
  retrievedAt: Date;
}

/** What may go wrong with a job, for tests. */
export interface JobTrick {
  /** Ends as failed, without a reason. */
  isLost?: boolean;
  /** So many looks say "failed" without a reason while the job still runs. */
  falseFailures?: number;
  /** States are told in words, as the previews of May 2024 did. */
  inWords?: boolean;
  /** The statement is executed at once, but the job ends only after this. */
  endsAfter?: Promise<unknown>;
  /** Fails with this text. */
  error?: string;
  /** Finishes without the number of a result. */
  hasNoResult?: boolean;
}

export interface Job {
  id: string;
  hash: string;
  /** 1 queued, 2 started, 3 finished, 4 failed or cancelled. */
  status: 1 | 2 | 3 | 4;
  startedAt: Date | undefined;
  error: string;
  resultId: number | null;
  trick: JobTrick;
  running: Running | undefined;
  cancel: () => void;
}

/** The workers, their queue and the kept results. */
export interface RedashJobs {
  /** Starts a statement, or hands out the job that already executes the same. */
  start(statement: string, trick?: JobTrick): Job;
  find(id: string): Job | undefined;
  cancel(job: Job): void;
  result(id: number): StoredResult | undefined;
  newest(hash: string): StoredResult | undefined;
  /** Stops everything that runs. */
  stop(): Promise<void>;
}

/** Workers that execute on one PostgreSQL. */
export function redashJobs(databaseUrl: string): RedashJobs {
  const jobs = new Map<string, Job>();
  const results = new Map<number, StoredResult>();
  const works = new Set<Promise<void>>();

  function start(statement: string, trick: JobTrick = {}): Job {
    const hash = hashOf(statement);
    const same = [...jobs.values()].find((job) => job.hash === hash && job.status < 3); // Redash's lock
    if (same) return same;
    const job = newJob(hash, trick);
    jobs.set(job.id, job);
    const work = new Promise((resolve) => setImmediate(resolve)).then(() =>
      perform({ databaseUrl, results }, job, statement),
    );
    works.add(work);
    void work.finally(() => works.delete(work));
    return job;
  }

  function cancel(job: Job) {
    fail(job, 'Query cancelled by user.');
    job.cancel();
    if (job.running) works.add(job.running.cancel());
  }

  return {
    start,
    find: (id) => jobs.get(id),
    cancel,
    result: (id) => results.get(id),
    newest: (hash) => [...results.values()].filter((result) => result.hash === hash).at(-1),
    async stop() {
      for (const job of jobs.values()) if (job.status < 3) cancel(job);
      await Promise.allSettled(works);
    },
  };
}

interface Worker {
  databaseUrl: string;
  results: Map<number, StoredResult>;
}

async function perform({ databaseUrl, results }: Worker, job: Job, statement: string): Promise<void> {
  if (job.status !== 1) return;
  job.status = 2;
  job.startedAt = new Date();
  const canceled = new Promise<void>((resolve) => (job.cancel = resolve));
  try {
    job.running = runStatement(databaseUrl, commented(job, statement));
    const table = await job.running.done;
    const retrievedAt = new Date();
    await Promise.race([job.trick.endsAfter, canceled]);
    if (isEnded(job)) return;
    finish(results, job, { ...table, id: results.size + 35, hash: job.hash, statement, retrievedAt });
  } catch (error) {
    if (!isEnded(job)) fail(job, databaseMessage(error, statement));
  }
}

function finish(results: Worker['results'], job: Job, result: Omit<StoredResult, 'runtimeSeconds'>) {
  if (job.trick.isLost === true || job.trick.error !== undefined) {
    fail(job, job.trick.error ?? '');
    return;
  }
  const runtimeSeconds = (result.retrievedAt.getTime() - (job.startedAt?.getTime() ?? 0)) / 1_000;
  results.set(result.id, { ...result, runtimeSeconds });
  job.status = 3;
  job.resultId = job.trick.hasNoResult === true ? null : result.id;
}

function newJob(hash: string, trick: JobTrick): Job {
  const nothing = { startedAt: undefined, error: '', resultId: null, running: undefined, cancel: () => undefined };
  return { id: randomUUID(), hash, status: 1, trick, ...nothing };
}

const isEnded = (job: Job) => job.status > 2;

function fail(job: Job, error: string) {
  job.status = 4;
  job.error = error;
  job.resultId = null;
}

function commented({ id, hash }: Job, statement: string): string {
  return `/* Username: ada@example.com, query_id: 17, Queue: queries, Job ID: ${id}, Query Hash: ${hash}, Scheduled: False */ ${statement}`;
}

/** As libpq prints it: with the place, which shows some of the comment. */
function databaseMessage(error: unknown, statement: string): string {
  const { message, position } = error as { message: string; position?: string };
  if (position === undefined) return message;
  return `${message}\nLINE 1: ...ae1bcde2a22651dd54, Scheduled: False */ ${statement.slice(0, 60)}\n${' '.repeat(65)}^\n`;
}
