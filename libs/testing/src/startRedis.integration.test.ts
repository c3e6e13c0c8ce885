import { access } from 'node:fs/promises';
import { Redis } from 'ioredis';
import { startRedis } from './startRedis.ts';

async function ask<T>(port: number, question: (redis: Redis) => Promise<T>) {
  const redis = new Redis({ port, host: '127.0.0.1', maxRetriesPerRequest: 1 });
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

it('never evicts keys, as BullMQ needs', async () => {
  const server = await startRedis();

  const policy = await ask(server.port, (redis) => redis.config('GET', 'maxmemory-policy'));
  await server.stop();

  expect(policy).toEqual(['maxmemory-policy', 'noeviction']);
});

it('brings back what a persistent one held when it crashed', async () => {
  const server = await startRedis({ persistent: true });
  await ask(server.port, (redis) => redis.set('key', 'value'));

  await server.kill();
  await server.restart();

  const value = await ask(server.port, (redis) => redis.get('key'));
  await server.stop();
  expect(value).toBe('value');
});

it('leaves nothing behind when it is stopped, even after a crash', async () => {
  const server = await startRedis();
  await server.kill();

  await server.stop();

  await expect(access(server.directory)).rejects.toMatchObject({ code: 'ENOENT' });
});
