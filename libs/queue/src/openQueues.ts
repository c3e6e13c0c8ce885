import { type Log } from '@muster/core/log';
import { stepNames } from '@muster/pipeline/run';
import { areJobsReady } from './areJobsReady.ts';
import { askStore } from './askStore.ts';
import { buildQueues, closeQueues, type JobQueues } from './buildQueues.ts';
import { countJobs } from './countJobs.ts';
import { doorbell } from './doorbell.ts';
import { limitTroubles } from './limitTroubles.ts';
import { postgresStore } from './postgresStore.ts';
import { queueSettings, type QueueSettings } from './queueSettings.ts';
import { type Queues } from './queues.ts';
import { type ReportTrouble, storeTrouble } from './queueTrouble.ts';
import { redisStore } from './redisStore.ts';
import { ringQueue } from './ringQueue.ts';
import { stepJobOf } from './runWorker.ts';
import { startWorker, type Watchdog, type WorkerHome } from './startWorker.ts';
import { taskBell } from './taskBell.ts';
import { withDeadline } from './withDeadline.ts';

const DEFAULT_PREFIX = '{muster}';
const PING_MS = 2_000;
const CLOSE_MS = 2_000;

export interface QueuesOptions {
  /** Redis or Valkey; without it the queue lives in the database. */
  redisUrl?: string | undefined;
  databaseUrl: string;
  /** Before every key in Redis, `{muster}` by default; in the database the schema `bullmq` is the namespace. */
  prefix?: string;
  /** Told what goes wrong with the store (`queue.trouble`), at most one line of a kind in 10 s. */
  log: Pick<Log, 'warn'>;
  /** Ends the waiting for a store that is away. */
  signal?: AbortSignal;
  settings?: Partial<QueueSettings>;
  /** Absent: nobody looks whether workers go deaf. */
  watchdog?: Watchdog;
}

/**
 * Opens the queues, on Redis or in the database. Waits for a store that is away, and refuses one that cannot be
 * trusted: a Redis that throws keys away, a database whose clock is not ours.
 */
export async function openQueues(options: QueuesOptions): Promise<Queues> {
  const report = limitTroubles((trouble) => options.log.warn('queue.trouble', { ...trouble }));
  const settings = { ...queueSettings, ...options.settings };
  const closing = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, closing.signal]) : closing.signal;
  const { watchdog } = options;
  const home: WorkerHome = { store: storeFor(options, report), settings, report, signal, workers: new Set(), watchdog };
  try {
    const queues = await buildQueues(home);
    return queuesOn(queues, home, closing);
  } catch (error) {
    await home.store.close().catch(() => undefined);
    throw error;
  }
}

function storeFor({ redisUrl, databaseUrl, prefix = DEFAULT_PREFIX }: QueuesOptions, report: ReportTrouble) {
  const onError = (error: Error) => report(storeTrouble(error));
  if (!redisUrl) return postgresStore({ databaseUrl, onError });
  return redisStore({ redisUrl, prefix, onError, warn: report });
}

function queuesOn(queues: JobQueues, home: WorkerHome, closing: AbortController): Queues {
  const { store, settings } = home;
  let closed: Promise<void> | undefined;
  return {
    ...doorbell(queues, store, settings),
    ...ringQueue(queues.ring, home),
    ...taskBell(queues, home),
    work: (step, process, { concurrency }) =>
      startWorker(home, {
        queue: step,
        concurrency,
        areJobsReady: () => askStore(settings.askDeadlineMs, () => areJobsReady(queues[step])),
        process: (payload, signal) => process(stepJobOf(payload, step), signal),
      }),
    counts: () => askStore(settings.askDeadlineMs, () => countJobs(queues, store)),
    stepQueues: stepNames.map((step) => queues[step]),
    ping: () => askStore(PING_MS, () => store.ping()),
    close: () => {
      closing.abort();
      return (closed ??= closeAll(queues, home));
    },
  };
}

async function closeAll(queues: JobQueues, { workers, store }: WorkerHome) {
  await Promise.all([...workers].map((worker) => worker.close(0)));
  const connections = closeQueues(queues).then(() => store.close());
  await withDeadline(connections, CLOSE_MS).catch(() => undefined);
}
