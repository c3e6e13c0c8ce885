import { randomUUID } from 'node:crypto';
import { createPostgresBackend, Queue, type IQueueBackend } from 'bullmq';
import { type Ring, type StepJob, type StepName } from '@muster/pipeline/run';
import { type BellQueue } from '@muster/pipeline/tasks';
import { migrateQueue } from '@muster/queue/migrateQueue';
import { openQueues, type QueuesOptions } from '@muster/queue/openQueues';
import { type Queues } from '@muster/queue/queues';
import { fakeLog, type LogLine } from './fakeLog.ts';
import { startLink, type Link } from './startLink.ts';
import { createTestDatabase } from './testDatabase.ts';

/** The stores on which every promise of the queues is tested. */
export const queueStores = ['Redis', 'PostgreSQL'] as const;
export type QueueStoreName = (typeof queueStores)[number];

/** BullMQ's own view of a queue. */
export type RawQueue = Queue<unknown, void, string, unknown, void, string, IQueueBackend>;

type Opening = Partial<QueuesOptions> & { url?: string };

export interface QueueBench {
  /** Opens the queues, with times made for tests; `url` may be that of a link. Closed with the bench. */
  open(options?: Opening): Promise<Queues>;
  /** A queue as it lies in the store, for looking and for what only an operator does. */
  raw(name: StepName | BellQueue | 'ring'): RawQueue;
  /** A way to the store that can be cut. */
  link(): Promise<Link>;
  /** What was logged so far. */
  lines: LogLine[];
  close(): Promise<void>;
}

const SHORT = { lockDurationMs: 2_000, stalledIntervalMs: 500, runRetryDelayMs: 200, ringDeadlineMs: 500 };

/** Queues of the test's own on one of the stores: a prefix on Redis, a database on PostgreSQL. */
export async function queueBench(store: QueueStoreName): Promise<QueueBench> {
  const ends: (() => Promise<unknown>)[] = [];
  const log = fakeLog();
  const prefix = `{test-${randomUUID()}}`;
  const ours = store === 'Redis' ? redisUrl() : await newDatabase(ends);
  return {
    open: async ({ url = ours, ...options } = {}) => {
      const where = store === 'Redis' ? { redisUrl: url, databaseUrl: 'postgres://unused/' } : { databaseUrl: url };
      const queues = await openQueues({ ...where, prefix, log, settings: SHORT, ...options });
      ends.push(() => queues.close());
      return queues;
    },
    raw: (name) => {
      const queue = store === 'Redis' ? redisQueue(name, { url: ours, prefix }) : postgresQueue(name, ours);
      ends.push(() => queue.close());
      return queue;
    },
    link: async () => {
      const link = await startLink(ours);
      ends.push(() => link.stop());
      return link;
    },
    lines: log.lines,
    close: async () => {
      for (const end of ends.splice(0).reverse()) await end();
    },
  };
}

function redisUrl() {
  const url = process.env['MUSTER_TEST_REDIS'];
  if (url === undefined) throw new Error('run queue tests with "jest --selectProjects integration" (or e2e)');
  return url;
}

async function newDatabase(ends: (() => Promise<unknown>)[]) {
  const database = await createTestDatabase();
  ends.push(() => database.drop());
  await migrateQueue(database.url);
  return database.url;
}

function redisQueue(name: string, { url, prefix }: { url: string; prefix: string }) {
  return new Queue(name, { connection: { url }, prefix }) as unknown as RawQueue;
}

function postgresQueue(name: string, connectionString: string) {
  const connection = { connectionString, max: 1 };
  return new Queue(name, { connection }, createPostgresBackend) as unknown as RawQueue;
}

/** A first ring for a run that nobody else knows. */
export function newRing(step: StepName = 'query'): Ring {
  return { runId: randomUUID(), step, ring: 1 };
}

/** The id under which a ring's job lies in the store. */
export function jobIdOf({ runId, step, ring }: Ring): string {
  return `${runId}-${step}-${ring}`;
}

/** A step that ends when its worker is closed. */
export function untilStopped(_job: StepJob, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
}

/** How many milliseconds it takes until `work` has ended, in whatever way. */
export async function timed(work: Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work.catch(() => undefined);
  return performance.now() - start;
}
