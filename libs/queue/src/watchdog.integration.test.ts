import { type IQueueBackend } from 'bullmq';
import { type StepName } from '@muster/pipeline/run';
import {
  newRing,
  queueBench,
  queueStores,
  untilStopped,
  type QueueBench,
  type QueueStoreName,
} from '@muster/testing/queueBench';
import { waitFor } from '@muster/testing/waitFor';
import { areJobsReady } from './areJobsReady.ts';
import { buildQueues } from './buildQueues.ts';
import { postgresStore } from './postgresStore.ts';
import { queueSettings } from './queueSettings.ts';
import { type QueueStore } from './queueStore.ts';
import { redisStore } from './redisStore.ts';
import { startWorker } from './startWorker.ts';

const AFTER_MS = 600;
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Queues that are watched; `deaf` are the queues whose workers were found so. */
async function watchedBench(kind: QueueStoreName) {
  const bench = await queueBench(kind);
  ends.push(() => bench.close());
  const deaf: string[] = [];
  const watchdog = { afterMs: AFTER_MS, onDeaf: (queue: string) => void deaf.push(queue) };
  const open = (options: Parameters<QueueBench['open']>[0] = {}) => bench.open({ ...options, watchdog });
  /** As long as it would take to find a deaf worker three times over. */
  const watchedForLong = () => {
    const untilMs = performance.now() + 3 * AFTER_MS;
    return waitFor(() => performance.now() > untilMs);
  };
  const holdsJobs = (step: StepName) =>
    waitFor(async () => {
      const paused = 'paused' as 'waiting'; // as countJobs.ts says
      return Object.values(await bench.raw(step).getJobCounts('waiting', paused)).some((count) => count > 0);
    });
  return { ...bench, deaf, open, watchedForLong, holdsJobs };
}

describe.each(queueStores)('a worker on %s', (kind) => {
  it('that fetches no more is found, though its store answers', async () => {
    const { deafen, deaf, queue, worked } = await deafenedWorker(kind);
    await queue.add('query', {});
    await waitFor(() => worked() === 1);

    deafen();
    await waitFor(async () => (await queue.add('query', {}), deaf.length > 0)); // what it was about to fetch it fetches

    expect(deaf).toEqual(['query']);
    expect((await queue.getJobCounts('waiting'))['waiting']).not.toBe(0);
  });

  it('is left alone while it has no free slot', async () => {
    const { open, deaf, watchedForLong, holdsJobs } = await watchedBench(kind);
    const queues = await open();
    await queues.work('query', untilStopped, { concurrency: 1 });
    await Promise.all([queues.ring(newRing()), queues.ring(newRing())]);
    await holdsJobs('query');
    await watchedForLong();
    expect(deaf).toEqual([]);
  });

  it('is left alone while its queue is paused', async () => {
    const { open, raw, deaf, watchedForLong, holdsJobs } = await watchedBench(kind);
    const queues = await open();
    await raw('query').pause();
    await queues.work('query', untilStopped, { concurrency: 1 });
    await queues.ring(newRing());
    await holdsJobs('query');
    await watchedForLong();
    expect(deaf).toEqual([]);
  });

  it('is left alone while its queue has as much under way as it may', async () => {
    const { open, raw, deaf, watchedForLong, holdsJobs } = await watchedBench(kind);
    const queues = await open();
    await raw('query').setGlobalConcurrency(1);
    await queues.work('query', untilStopped, { concurrency: 5 });
    await Promise.all([queues.ring(newRing()), queues.ring(newRing())]);
    await holdsJobs('query');
    await watchedForLong();
    expect(deaf).toEqual([]);
  });

  it('is left alone while its queue is slowed down', async () => {
    const { open, raw, deaf, watchedForLong, holdsJobs } = await watchedBench(kind);
    const queues = await open();
    await raw('query').setGlobalRateLimit(1, 60_000);
    await queues.work('query', untilStopped, { concurrency: 5 });
    await Promise.all([queues.ring(newRing()), queues.ring(newRing())]);
    await holdsJobs('query');
    await watchedForLong();
    expect(deaf).toEqual([]);
  });

  it('is left alone while nothing waits, or what waits is of later', async () => {
    const { open, raw, deaf, watchedForLong } = await watchedBench(kind);
    const queues = await open();
    await queues.work('query', untilStopped, { concurrency: 5 });
    await raw('query').add('query', {}, { delay: 60_000 });
    await watchedForLong();
    expect(deaf).toEqual([]);
  });

  it('is left alone while its store is away, and goes on when it is back', async () => {
    const { open, link: newLink, deaf, watchedForLong } = await watchedBench(kind);
    const link = await newLink();
    const behind = await open({ url: link.url });
    const beside = await open();
    let worked = 0;
    await behind.work(
      'query',
      async () => {
        worked++;
      },
      { concurrency: 5 },
    );
    await link.cut();
    await beside.ring(newRing());
    await watchedForLong();
    expect([deaf, worked]).toEqual([[], 0]);

    await link.mend();

    await waitFor(() => worked === 1, { timeoutMs: 20_000 });
    expect(deaf).toEqual([]);
  });

  it('is watched no more once it was told to take nothing', async () => {
    const { open, deaf, watchedForLong } = await watchedBench(kind);
    const queues = await open();
    const worker = await queues.work('query', untilStopped, { concurrency: 5 });
    worker.pause();
    await queues.ring(newRing());
    await watchedForLong();
    expect(deaf).toEqual([]);
  });
});

/** A worker whose fetching can be stopped while all else goes on, as where its own connections carry nothing any more. */
async function deafenedWorker(kind: QueueStoreName) {
  const bench = await queueBench(kind);
  const link = await bench.link(); // for the address of the store
  ends.push(() => bench.close());
  let isDeaf = false;
  const over = new AbortController();
  const hanging = () =>
    new Promise<never>((_, reject) => over.signal.addEventListener('abort', () => reject(new Error('over'))));
  const store = storeAt(kind, link.url);
  const backend: QueueStore['backend'] = (name, options, how) => {
    const made = store.backend(name, options, how);
    if (!how?.withBlockingConnection) return made;
    for (const method of ['moveToActive', 'waitForJob'] as const) {
      const ask = (made[method] as (...args: unknown[]) => Promise<unknown>).bind(made);
      const heard = (...args: unknown[]) => (isDeaf && !over.signal.aborted ? hanging() : ask(...args));
      Object.assign(made, { [method]: heard } satisfies Partial<Record<keyof IQueueBackend, unknown>>);
    }
    return made;
  };
  const deaf: string[] = [];
  const closing = new AbortController();
  const home = {
    ...{
      store: { ...store, backend },
      settings: { ...queueSettings, runRetryDelayMs: 50 },
      report: () => undefined,
      workers: new Set<never>(),
    },
    ...{ signal: closing.signal, watchdog: { afterMs: AFTER_MS, onDeaf: (queue: string) => void deaf.push(queue) } },
  };
  const queues = await buildQueues(home);
  let worked = 0;
  const worker = await startWorker(home, {
    ...{
      queue: 'query',
      concurrency: 2,
      process: async () => {
        worked++;
      },
    },
    areJobsReady: () => areJobsReady(queues.query),
  });
  ends.push(async () => {
    over.abort();
    await worker.close(0);
    closing.abort();
    await Promise.allSettled(Object.values(queues).map((queue) => queue.close()));
    await store.close();
  });
  return { deaf, deafen: () => (isDeaf = true), queue: queues.query, worked: () => worked };
}

function storeAt(kind: QueueStoreName, url: string): QueueStore {
  const onError = () => undefined;
  if (kind === 'PostgreSQL') return postgresStore({ databaseUrl: url, onError });
  return redisStore({ redisUrl: url, prefix: `{deaf-${process.pid}-${Date.now()}}`, onError, warn: () => undefined });
}
