import { connect } from 'node:net';
import { Redis } from 'ioredis';
import { NotReady, InvalidInput, TemporaryFailure } from '@muster/core/errors';
import { type StepJob } from '@muster/pipeline/run';
import {
  jobIdOf,
  newRing,
  queueBench,
  queueStores,
  timed,
  untilStopped,
  type QueueBench,
  type QueueStoreName,
} from '@muster/testing/queueBench';
import { waitFor } from '@muster/testing/waitFor';

let bench: QueueBench | undefined;
const newBench = async (store: QueueStoreName) => (bench = await queueBench(store));
afterEach(() => bench?.close());

describe.each(queueStores)('the doorbell on %s', (kind) => {
  describe('a ring', () => {
    it('reaches the worker of its step, and carries nothing but ids', async () => {
      const { open, raw } = await newBench(kind);
      const queues = await open();
      const ring = newRing('filter');
      const seen: StepJob[] = [];

      await queues.ring(ring);
      const stored = await raw('filter').getJob(jobIdOf(ring));
      await queues.work('query', untilStopped, { concurrency: 1 });
      await queues.work('filter', async (job) => void seen.push(job), { concurrency: 1 });
      await waitFor(() => seen.length > 0);

      expect(seen).toEqual([{ runId: ring.runId, step: 'filter' }]);
      expect(stored?.data).toEqual({ v: 1, runId: ring.runId, step: 'filter' });
    });

    it('made twice is one job', async () => {
      const { open } = await newBench(kind);
      const queues = await open();
      const ring = newRing();

      await queues.ring(ring);
      await queues.ring(ring);

      expect((await queues.counts()).find(({ queue }) => queue === 'query')).toMatchObject({ waiting: 1 });
    });

    it('with the next number is heard though the last one is kept', async () => {
      const { open, raw } = await newBench(kind);
      const queues = await open();
      const ring = newRing();
      let heard = 0;
      await queues.work(
        'query',
        async () => {
          heard++;
        },
        { concurrency: 1 },
      );

      await queues.ring(ring);
      await waitFor(async () => (await raw('query').getJobState(jobIdOf(ring))) === 'completed');
      await queues.ring(ring);
      await queues.ring({ ...ring, ring: 2 });
      await waitFor(async () => (await raw('query').getJobState(jobIdOf({ ...ring, ring: 2 }))) === 'completed');

      expect(heard).toBe(2);
    });

    it('fails in bounded time while the store is away, and works again afterwards', async () => {
      const { open, link } = await newBench(kind);
      const cable = await link();
      const queues = await open({ url: cable.url });
      await cable.cut();

      await expect(queues.ring(newRing())).rejects.toMatchObject({ code: 'queueUnavailable' });
      expect(await timed(queues.ring(newRing()))).toBeLessThan(1_000);

      await cable.mend();
      await waitFor(() =>
        queues.ring(newRing()).then(
          () => true,
          () => false,
        ),
      );
    });

    it('fails in bounded time while the store is frozen', async () => {
      const { open, link } = await newBench(kind);
      const cable = await link();
      const queues = await open({ url: cable.url });
      await queues.ring(newRing());
      cable.freeze();

      const ringing = queues.ring(newRing());
      const ms = await timed(ringing);

      await expect(ringing).rejects.toBeInstanceOf(TemporaryFailure);
      expect(ms).toBeGreaterThan(450);
      expect(ms).toBeLessThan(1_500);
    });
  });

  describe('pending rings', () => {
    it('are those that wait, are delayed, at work or in a paused queue', async () => {
      const { open, raw } = await newBench(kind);
      const queues = await open();
      const rings = { active: newRing('query'), delayed: newRing('upload'), paused: newRing('export') };
      await raw('export').pause();
      await queues.work('query', untilStopped, { concurrency: 1 });
      await queues.work('upload', () => Promise.reject(new NotReady(60_000, 'not yet')), { concurrency: 1 });
      for (const ring of Object.values(rings)) await queues.ring(ring);
      await waitFor(async () => (await raw('query').getJobState(jobIdOf(rings.active))) === 'active');
      await waitFor(async () => (await raw('upload').getJobState(jobIdOf(rings.delayed))) === 'delayed');
      const waiting = newRing('query');
      await queues.ring(waiting);
      const all = [...Object.values(rings), waiting];

      expect(await queues.pendingRings(all)).toEqual(all);
    });

    it('are not those that are done, have failed or never were', async () => {
      const { open, raw } = await newBench(kind);
      const queues = await open();
      const [done, failed, never] = [newRing('query'), newRing('filter'), newRing('export')];
      await queues.work('query', async () => undefined, { concurrency: 1 });
      await queues.work('filter', () => Promise.reject(new InvalidInput([])), { concurrency: 1 });
      await queues.ring(done);
      await queues.ring(failed);
      await waitFor(async () => (await raw('query').getJobState(jobIdOf(done))) === 'completed');
      await waitFor(async () => (await raw('filter').getJobState(jobIdOf(failed))) === 'failed');

      expect(await queues.pendingRings([done, failed, never])).toEqual([]);
    });

    it('are found among more than fit into one question', async () => {
      const { open } = await newBench(kind);
      const queues = await open();
      const rings = Array.from({ length: 1_201 }, () => newRing());
      const [first, last] = [rings[0]!, rings.at(-1)!];
      await queues.ring(first);
      await queues.ring(last);

      expect(await queues.pendingRings(rings)).toEqual([first, last]);
    });
  });
});

it('a ring on Redis is not pending where keys were removed by hand and only the hash of its job is left', async () => {
  const { open, raw } = await newBench('Redis');
  const queues = await open();
  const [lost, kept] = [newRing(), newRing('filter')];
  await queues.ring(lost);
  await queues.ring(kept);
  const redis = new Redis(process.env['MUSTER_TEST_REDIS'] ?? '');
  await redis.del(raw('query').toKey('wait'));
  redis.disconnect();

  expect(await queues.pendingRings([lost, kept])).toEqual([kept]);
});

it('asks Redis for the lists of a queue once, however many rings it is asked for', async () => {
  const { open, raw } = await newBench('Redis');
  const queues = await open();
  const rings = Array.from({ length: 1_201 }, () => newRing());
  const lists = ['wait', 'active'].map((list) => raw('query').toKey(list));
  const { hostname, port } = new URL(process.env['MUSTER_TEST_REDIS'] ?? '');
  const monitor = connect(Number(port), hostname).setEncoding('utf8');
  let commands = '';
  monitor.on('data', (text: string) => (commands += text));
  monitor.write('MONITOR\r\n');
  await waitFor(() => commands.startsWith('+OK'));

  await queues.pendingRings(rings);
  await raw('query').getJobState('the-last');
  await waitFor(() => commands.includes('the-last'), { what: 'the last command' });
  monitor.destroy();

  const read = [...commands.matchAll(/"lrange" "([^"]+)"/gi)].map(([, key]) => key!);
  expect(read.filter((key) => lists.includes(key))).toEqual(lists);
});
