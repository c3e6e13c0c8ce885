import { Redis } from 'ioredis';
import { queueBench } from '@muster/testing/queueBench';
import { startLink } from '@muster/testing/startLink';
import { type RedisServer, startRedis } from '@muster/testing/startRedis';
import { waitFor } from '@muster/testing/waitFor';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const ring = (runId: string) => ({ runId, step: 'query' as const, ring: 1 });

it('leaves a Redis that became a replica, and keeps its connections, for the new primary', async () => {
  const [old, next] = await Promise.all([startRedis(), startRedis()]);
  ends.push(old.stop, next.stop);
  const link = await startLink(old.url);
  ends.push(link.stop);
  const bench = await queueBench('Redis');
  ends.push(bench.close);
  const queues = await bench.open({ url: link.url });
  const seen: string[] = [];
  await queues.work('query', async ({ runId }) => void seen.push(runId), { concurrency: 1 });
  await queues.ring(ring('before'));
  await waitFor(() => seen.includes('before'));

  await say(old, 'REPLICAOF', '127.0.0.1', String(next.port));
  link.lead(next.url);
  const after = () =>
    queues.ring(ring('after')).then(
      () => true,
      () => false,
    );
  await waitFor(after, { everyMs: 100, what: 'a ring to be taken' });
  await waitFor(() => seen.length > 1, { what: 'the worker to hear it' });

  expect(seen).toEqual(['before', 'after']);
});

async function say({ url }: RedisServer, command: string, ...words: string[]) {
  const redis = new Redis(url);
  await redis.call(command, ...words);
  await redis.quit();
}
