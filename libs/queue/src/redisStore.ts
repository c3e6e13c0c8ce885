import { createRedisBackend, type QueueOptions } from 'bullmq';
import { Redis } from 'ioredis';
import { PermanentFailure } from '@muster/core/errors';
import { type CampaignSchedule } from './queues.ts';
import { type JobKey, LONGEST_DELAY_MS, type QueueStore } from './queueStore.ts';

const PAGE = 500;
const PER_MS = 4_096; // BullMQ keeps the time of a delayed job as so many steps of a millisecond
/** How all connections come back. BullMQ's own would wait up to 20 s after a long outage. */
const COMING_BACK = {
  disconnectTimeout: 200,
  retryStrategy: (times: number) => Math.min(times * 100, 2_000),
  // After a fail-over the old server goes on as a replica, and its connections would stay with it for ever.
  reconnectOnError: ({ message }: Error) => message.includes('READONLY'),
};

export interface RedisStoreOptions {
  redisUrl: string;
  /** Before every key; its braces keep the keys of a queue on one node of a cluster. */
  prefix: string;
  onError: (error: Error) => void;
  /** A line about something that does not stop us, but should not stay so. */
  warn: (line: string) => void;
}

/** Redis or Valkey, with `noeviction`. */
export function redisStore({ redisUrl, prefix, onError, warn }: RedisStoreOptions): QueueStore {
  const client = new Redis(redisUrl, {
    lazyConnect: true,
    ...COMING_BACK,
    enableOfflineQueue: false, // with Redis away a question fails at once, instead of piling up
    maxRetriesPerRequest: 1,
    commandTimeout: 5_000, // nothing hangs on a frozen server
  });
  client.on('error', onError);

  return {
    name: 'Redis',
    backend: (name, options, how) => {
      // A worker's own connections may wait: what a job has done is recorded as soon as Redis is back.
      const own = { url: redisUrl, maxRetriesPerRequest: null, ...COMING_BACK };
      const connection = how?.withBlockingConnection ? own : client;
      const prefixed: QueueOptions = { ...options, prefix, connection };
      return createRedisBackend(name, prefixed, how);
    },
    check: async () => {
      if (client.status === 'wait') await client.connect(); // only once: it goes on trying by itself
      checkServer(await client.info(), warn);
    },
    ping: async () => {
      await client.ping();
    },
    arePending: (keys) => arePending(client, prefix, keys),
    oldestWaiting: (queues) => oldestWaiting(client, prefix, queues),
    schedules: (queue) => schedules(client, `${prefix}:${queue}:repeat`),
    lockSchedule: (_campaignId, change) => change(), // BullMQ's script is one atomic step here
    close: async () => {
      client.disconnect();
    },
  };
}

/** Refuses a server that may throw jobs away, and warns of one that forgets them when it is restarted. */
export function checkServer(info: string, warn: (line: string) => void): void {
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  if (policy !== undefined && policy !== 'noeviction') {
    throw new PermanentFailure(
      'queueStoreEvicts',
      `Redis throws keys away when its memory is full (maxmemory-policy ${policy}): set it to noeviction`,
    );
  }
  if (/^aof_enabled:0/m.test(info)) {
    warn(
      'Redis keeps no append-only file: a restart loses the rings, and the healer needs up to a minute to ring again. Set "appendonly yes".',
    );
  }
}

// A job's hash goes with the job, and has `finishedOn` from its end to its next try. Looking there costs the same
// however long the queue is; asking for a job's state would search the list of those that wait.
async function arePending(client: Redis, prefix: string, keys: JobKey[]) {
  const latest = (await nowOf(client)) + LONGEST_DELAY_MS;
  const [jobs, delays] = [client.pipeline(), client.pipeline()];
  for (const { queue, id } of keys) {
    jobs.hmget(`${prefix}:${queue}:${id}`, 'timestamp', 'finishedOn');
    delays.zscore(`${prefix}:${queue}:delayed`, id);
  }
  const [answers, scores] = [await replies<(string | null)[]>(jobs), await replies<string | null>(delays)];
  return answers.map(
    ([timestamp, finishedOn], i) => Boolean(timestamp) && !finishedOn && Number(scores[i] ?? 0) / PER_MS <= latest,
  );
}

async function nowOf(client: Redis) {
  const [seconds, microseconds] = await client.time();
  return Number(seconds) * 1_000 + Number(microseconds) / 1_000;
}

// Jobs are put in on the left and taken from the right.
async function oldestWaiting(client: Redis, prefix: string, queues: readonly string[]) {
  const ids = await Promise.all(queues.map((queue) => client.lindex(`${prefix}:${queue}:wait`, -1)));
  const times = await Promise.all(
    queues.map(async (queue, i) => (ids[i] ? client.hget(`${prefix}:${queue}:${ids[i]}`, 'timestamp') : null)),
  );
  return times.map((time) => (time ? Number(time) : null));
}

async function* schedules(client: Redis, key: string): AsyncGenerator<CampaignSchedule> {
  for (let cursor = '0'; ;) {
    const [next, found] = await client.zscan(key, cursor, 'COUNT', PAGE);
    const ids = found.filter((_, i) => i % 2 === 0); // every second one is a score
    const pipeline = client.pipeline();
    for (const id of ids) pipeline.hmget(`${key}:${id}`, 'pattern', 'tz');
    const answers = await replies<(string | null)[]>(pipeline);
    for (const [i, campaignId] of ids.entries()) {
      const [pattern, timeZone] = answers[i] ?? [];
      if (pattern) yield { campaignId, pattern, timeZone: timeZone ?? 'UTC' };
    }
    if (next === '0') return;
    cursor = next;
  }
}

async function replies<Reply>(pipeline: ReturnType<Redis['pipeline']>) {
  const answers = (await pipeline.exec()) ?? [];
  return answers.map(([error, values]) => {
    if (error) throw error;
    return values as Reply;
  });
}
