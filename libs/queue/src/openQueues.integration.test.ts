import { randomUUID } from 'node:crypto';
import { type StepJob, stepNames } from '@muster/pipeline/run';
import {
  jobIdOf,
  newRing,
  queueBench,
  queueStores,
  timed,
  type QueueBench,
  type QueueStoreName,
} from '@muster/testing/queueBench';
import { fakeLog } from '@muster/testing/fakeLog';
import { createTestDatabase } from '@muster/testing/testDatabase';
import { waitFor } from '@muster/testing/waitFor';
import { migrateQueue } from './migrateQueue.ts';
import { openQueues } from './openQueues.ts';

let bench: QueueBench | undefined;
const newBench = async (store: QueueStoreName) => (bench = await queueBench(store));
afterEach(() => bench?.close());
const anyDate: unknown = expect.any(Date);

describe.each(queueStores)('the queues on %s', (kind) => {
  it('counts what waits in a paused queue', async () => {
    const { open, raw } = await newBench(kind);
    const queues = await open();
    await raw('filter').pause();

    await queues.ring(newRing('filter'));
    await queues.ring(newRing('filter'));
    const counts = await queues.counts();

    const nothing = { waiting: 0, active: 0, delayed: 0, failed: 0 };
    expect(counts).toContainEqual({ ...nothing, queue: 'filter', waiting: 2, paused: true, oldestSince: anyDate });
    expect(counts).toContainEqual({ ...nothing, queue: 'query', paused: false, oldestSince: null });
  });

  it('counts tasks as well', async () => {
    const { open } = await newBench(kind);
    const queues = await open();
    await queues.ringTask('imports', randomUUID());

    const counts = await queues.counts();

    const nothing = { active: 0, delayed: 0, failed: 0, paused: false };
    expect(counts).toContainEqual({ ...nothing, queue: 'imports', waiting: 1, oldestSince: anyDate });
    expect(counts).toContainEqual({ ...nothing, queue: 'previews', waiting: 0, oldestSince: null });
  });

  it('tells since when the first of many waits, whether or not their queue is paused', async () => {
    const { open, raw } = await newBench(kind);
    const queues = await open();
    const [minute, hour] = [Date.now() - 60_000, Date.now() - 3_600_000];
    for (const name of ['filter', 'query'] as const) {
      const queue = raw(name);
      if (name === 'filter') await queue.pause();
      await queue.add(name, {}, { jobId: 'first', timestamp: hour });
      await queue.add(name, {}, { jobId: 'second', timestamp: minute });
    }

    const counts = await queues.counts();

    const oldestOf = (name: string) => counts.find(({ queue }) => queue === name)?.oldestSince?.getTime();
    expect([oldestOf('filter'), oldestOf('query'), oldestOf('upload')]).toEqual([hour, hour, undefined]);
  });

  it('shows the queues of the steps to a dashboard, and never that of the schedules', async () => {
    const { open } = await newBench(kind);

    expect((await open()).stepQueues.map(({ name }) => name)).toEqual([...stepNames]);
  });

  describe('a worker', () => {
    it('that is paused takes nothing more, though it was waiting for it', async () => {
      const { open, raw } = await newBench(kind);
      const queues = await open();
      const seen: string[] = [];
      const first = newRing();
      const pausedOne = await queues.work('query', async () => void seen.push('paused'), { concurrency: 1 });
      await queues.ring(first);
      await waitFor(async () => (await raw('query').getJobState(jobIdOf(first))) === 'completed');

      pausedOne.pause();
      await queues.ring(newRing());
      await queues.work('query', async () => void seen.push('other'), { concurrency: 1 });
      await waitFor(() => seen.length > 1);

      expect(seen).toEqual(['paused', 'other']);
    });

    it('closes in bounded time, tells its job to stop, and another worker takes it over', async () => {
      const { open } = await newBench(kind);
      const [ours, theirs] = [await open(), await open()];
      const ring = newRing();
      let stopped = false;
      let takenOver = false;
      let started = false;
      const stubborn = async (_: StepJob, signal: AbortSignal) => {
        started = true;
        signal.addEventListener('abort', () => (stopped = true));
        await new Promise(() => undefined);
      };

      const worker = await ours.work('query', stubborn, { concurrency: 1 });
      await ours.ring(ring);
      await waitFor(() => started);
      await theirs.work('query', async () => void (takenOver = true), { concurrency: 1 });
      const ms = await timed(worker.close(100));

      expect(stopped).toBe(true);
      expect(ms).toBeLessThan(3_500);
      expect(await waitFor(() => takenOver)).toBe(true);
    });

    it('that is closed lets its job finish', async () => {
      const { open, raw } = await newBench(kind);
      const queues = await open();
      const ring = newRing();
      let finish = () => {};
      const process = () => new Promise<void>((resolve) => (finish = resolve));

      const worker = await queues.work('query', process, { concurrency: 1 });
      await queues.ring(ring);
      await waitFor(async () => (await raw('query').getJobState(jobIdOf(ring))) === 'active');
      const closing = worker.close(5_000);
      finish();
      await closing;

      expect(await raw('query').getJobState(jobIdOf(ring))).toBe('completed');
    });

    it('goes on by itself when the store is back', async () => {
      const { open, link } = await newBench(kind);
      const cable = await link();
      const [ours, theirs] = [await open({ url: cable.url }), await open()];
      const seen: string[] = [];
      await ours.work('query', async ({ runId }) => void seen.push(runId), { concurrency: 1 });

      await cable.cut();
      const ring = newRing();
      await theirs.ring(ring);
      await cable.mend();
      await waitFor(() => seen.length > 0, { timeoutMs: 15_000 });

      expect(seen).toEqual([ring.runId]);
    });
  });

  describe('opened without the store', () => {
    it('waits, says so once, and joins', async () => {
      const { open, link, lines } = await newBench(kind);
      const cable = await link();
      await cable.cut();

      const opening = open({ url: cable.url });
      await waitFor(() => lines.length > 0);
      await cable.mend();
      const queues = await opening;

      await queues.ring(newRing());
      expect(new Set(lines.map((line) => JSON.stringify(line))).size).toBe(lines.length);
    });

    it('gives up when it is told to', async () => {
      const { open, link } = await newBench(kind);
      const cable = await link();
      await cable.cut();
      const stop = new AbortController();

      const opening = open({ url: cable.url, signal: stop.signal });
      stop.abort();

      await expect(opening).rejects.toMatchObject({ code: 'queueUnavailable' });
    });
  });

  it('closes in bounded time while the store is away', async () => {
    const { open, link } = await newBench(kind);
    const cable = await link();
    const queues = await open({ url: cable.url });
    await queues.work('query', async () => undefined, { concurrency: 1 });
    await cable.cut();

    expect(await timed(queues.close())).toBeLessThan(6_000);
  });

  it('tells whether the store answers', async () => {
    const { open, link } = await newBench(kind);
    const cable = await link();
    const queues = await open({ url: cable.url });

    await queues.ping();
    await cable.cut();

    await expect(queues.ping()).rejects.toMatchObject({ code: 'queueUnavailable' });
  });

  it('tells of a store that went away in one kind of line, in words of ours, without its address', async () => {
    const { open, link, lines } = await newBench(kind);
    const cable = await link();
    const queues = await open({ url: cable.url });
    await queues.work('query', async () => undefined, { concurrency: 1 });
    const before = lines.length; // Redis may forget
    await cable.cut();

    await waitFor(() => lines.length > before);
    const error = await queues.ping().catch((thrown: unknown) => thrown as Error);

    for (const { event, fields } of lines)
      expect({ event, reason: fields['reason'] }).toEqual({
        event: 'queue.trouble',
        reason: expect.stringMatching(/^store[A-Z]\w+$/) as string,
      });
    expect(`${(error as Error).message} ${JSON.stringify(lines)}`).not.toMatch(/127\.0\.0\.1|localhost|:\d{4,5}/);
  });
});

it('waits on PostgreSQL until the queue is migrated', async () => {
  const database = await createTestDatabase();
  const log = fakeLog();

  const opening = openQueues({ databaseUrl: database.url, log });
  await waitFor(() => log.lines.some(({ fields }) => fields['reason'] === 'queueSchemaMissing'));
  await migrateQueue(database.url);
  const queues = await opening;

  await expect(queues.ping()).resolves.toBeUndefined();
  await queues.close();
  await database.drop();
});
