import { BoundedWorker } from './boundedWorker.ts';
import { MAX_STALLED_COUNT, type QueueSettings } from './queueSettings.ts';
import { type StepWorker, type WorkOptions } from './queues.ts';
import { type QueueStore } from './queueStore.ts';
import { type ReportTrouble, storeTrouble } from './queueTrouble.ts';
import { runWorker, type ProcessJob, type RunWorker } from './runWorker.ts';
import { waitForStore } from './waitForStore.ts';
import { type WatchedWorker, watchWorker } from './watchWorker.ts';
import { withDeadline } from './withDeadline.ts';

const ABORT_GRACE_MS = 1_000;
const RECORD_MS = 2_000;

/** What a worker needs of its process. */
export interface WorkerHome {
  store: QueueStore;
  settings: QueueSettings;
  report: ReportTrouble;
  /** Aborted when the process closes its queues. */
  signal: AbortSignal;
  /** Those that are not closed yet. */
  workers: Set<StepWorker>;
  /** Absent: nobody looks whether workers go deaf. */
  watchdog?: Watchdog | undefined;
}

/** Finds workers that have gone deaf: with a free slot they take nothing, though jobs wait in a queue that lets them. */
export interface Watchdog {
  /** How long a worker may do so. */
  afterMs: number;
  /** Told the worker's queue, once. Such a worker cannot be mended: the process should end, and be started anew. */
  onDeaf(queue: string): void;
}

export interface WorkerJob extends WorkOptions {
  queue: string;
  process: RunWorker['process'];
  /** Whether jobs wait that may be taken at once. Throws when the store does not answer. */
  areJobsReady: () => Promise<boolean>;
  maxStartedAttempts?: number;
}

/** Starts a worker, once the store answers. */
export async function startWorker(home: WorkerHome, job: WorkerJob): Promise<StepWorker> {
  const running = new Set<Promise<void>>();
  let paused = false;
  let given = 0;
  const answer = runWorker({
    process: job.process,
    isPaused: () => paused,
    onBug: home.report,
  });
  // All three parameters must be named: BullMQ counts them to find out whether a signal is wanted.
  const worker = await buildWorker(home, job, (bullJob, token, signal) => {
    given++;
    const run = answer(bullJob, token, signal).finally(() => running.delete(run));
    running.add(run);
    return run;
  });
  const endWatch = watch(home, job, { given: () => given, hasFreeSlot: () => running.size < job.concurrency });
  const pause = () => {
    paused = true;
    endWatch();
    void worker.pause(true);
  };
  let closing: Promise<void> | undefined;
  const stepWorker: StepWorker = {
    pause,
    close: (graceMs) => {
      pause();
      home.workers.delete(stepWorker);
      return (closing ??= closeWorker(worker, running, graceMs));
    },
  };
  home.workers.add(stepWorker);
  return stepWorker;
}

function watch(
  { watchdog }: WorkerHome,
  { queue, areJobsReady }: WorkerJob,
  worker: Omit<WatchedWorker, 'areJobsReady'>,
) {
  if (!watchdog) return () => undefined;
  const { afterMs, onDeaf } = watchdog;
  return watchWorker({ ...worker, areJobsReady }, { afterMs, onDeaf: () => onDeaf(queue) });
}

async function buildWorker(home: WorkerHome, job: WorkerJob, process: ProcessJob): Promise<BoundedWorker> {
  for (;;) {
    await waitForStore(home.store, home.report, home.signal);
    const worker = newWorker(home, job, process);
    try {
      await untilAborted(worker.waitUntilReady(), home.signal);
      void worker.run().catch((error: unknown) => home.report(storeTrouble(error, job.queue)));
      return worker;
    } catch (error) {
      // The store went away in between. On PostgreSQL this worker would be deaf for ever: build another one.
      worker.abandon();
      home.report(storeTrouble(error, job.queue));
    }
  }
}

function newWorker({ store, settings, report }: WorkerHome, job: WorkerJob, process: ProcessJob) {
  const worker = new BoundedWorker(
    job.queue,
    process,
    {
      connection: {}, // chosen by the store
      autorun: false,
      concurrency: job.concurrency,
      lockDuration: settings.lockDurationMs,
      stalledInterval: settings.stalledIntervalMs,
      runRetryDelay: settings.runRetryDelayMs,
      maxStalledCount: MAX_STALLED_COUNT,
      ...(job.maxStartedAttempts !== undefined && { maxStartedAttempts: job.maxStartedAttempts }),
    },
    store.backend,
  );
  worker.on('error', (error) => report(storeTrouble(error)));
  return worker;
}

function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new Error('stopped'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

async function closeWorker(worker: BoundedWorker, running: Set<Promise<void>>, graceMs: number) {
  const finished = (ms: number) => withDeadline(Promise.allSettled(running), ms).catch(() => undefined);
  await finished(graceMs);
  if (running.size > 0) {
    worker.cancelAllJobs('the worker is stopping');
    await finished(ABORT_GRACE_MS);
  }
  const force = running.size > 0; // these jobs stay active in the store until their lock expires
  await withDeadline(worker.close(force), RECORD_MS).catch(() => worker.abandon());
}
