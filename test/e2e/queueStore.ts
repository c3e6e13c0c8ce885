import { createPostgresBackend, Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { type Database } from '@muster/core/database';
import { type StepName } from '@muster/pipeline/run';

/** Where a house's queues are. */
export interface Store {
  prefix: string;
  databaseUrl: string;
  /** Absent: the queues are in the database. */
  redisUrl?: string;
}

/** Pauses a step's queue for all workers, as an operator does, while `work` goes on. */
export async function whilePaused<Result>(store: Store, step: StepName, work: () => Promise<Result>): Promise<Result> {
  const queue = rawQueue(store, step);
  try {
    await queue.pause();
    const result = await work();
    await queue.resume();
    return result;
  } finally {
    await queue.close();
  }
}

/** Pauses a step's queue for all workers, for good. */
export async function pauseQueue(store: Store, step: StepName): Promise<void> {
  const queue = rawQueue(store, step);
  await queue.pause();
  await queue.close();
}

/** Adds a job that no worker of ours would add. */
export async function addJob(store: Store, step: StepName, payload: object): Promise<void> {
  const queue = rawQueue(store, step);
  await queue.add('planted', payload, { delay: 60_000 });
  await queue.close();
}

function rawQueue(
  { prefix, databaseUrl, redisUrl }: Store,
  step: StepName,
): Pick<Queue, 'pause' | 'resume' | 'close' | 'add'> {
  if (redisUrl !== undefined) return new Queue(step, { connection: { url: redisUrl }, prefix });
  const connection = { connectionString: databaseUrl, max: 1 };
  return new Queue(step, { connection }, createPostgresBackend);
}

/** Everything that lies in the queues, as text. */
export async function readStore(store: Store, db: Database): Promise<string[]> {
  return store.redisUrl === undefined ? readTables(db) : readKeys(store);
}

/** Removes what a house has left in Redis. */
export async function removeKeys(store: Store): Promise<void> {
  await onRedis(store, async (redis) => {
    for (const key of await keysOf(redis, store)) await redis.unlink(key);
  });
}

async function readTables(db: Database) {
  const tables = await db.query<{ name: string }>(
    `select format('bullmq.%I', tablename) as name from pg_tables where schemaname = 'bullmq'`,
  );
  const rows = await Promise.all(
    tables.map(({ name }) => db.query<{ row: string }>(`select t::text as row from ${name} t`)),
  );
  return rows.flat().map(({ row }) => row);
}

function readKeys(store: Store) {
  return onRedis(store, async (redis) => {
    const texts: string[] = [];
    for (const key of await keysOf(redis, store)) texts.push(key, JSON.stringify(await valueOf(redis, key)));
    return texts;
  });
}

async function valueOf(redis: Redis, key: string): Promise<unknown> {
  const type = await redis.type(key);
  if (type === 'hash') return redis.hgetall(key);
  if (type === 'list') return redis.lrange(key, '0', '-1');
  if (type === 'set') return redis.smembers(key);
  if (type === 'zset') return redis.zrange(key, '0', '-1');
  if (type === 'stream') return redis.xrange(key, '-', '+');
  return redis.get(key);
}

async function onRedis<Result>({ redisUrl = '' }: Store, use: (redis: Redis) => Promise<Result>) {
  const redis = new Redis(redisUrl);
  try {
    return await use(redis);
  } finally {
    await redis.quit();
  }
}

async function keysOf(redis: Redis, { prefix }: Store) {
  const keys: string[] = [];
  for (let cursor = '0', more = true; more; more = cursor !== '0') {
    const [next, found] = await redis.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', '1000');
    cursor = next;
    keys.push(...found);
  }
  return keys;
}
