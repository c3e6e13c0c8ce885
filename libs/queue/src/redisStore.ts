import { createRedisBackend, type QueueOptions } from 'bullmq';
import { Redis } from 'ioredis';
import { PermanentFailure } from '@muster/core/errors';
import { type ReportTrouble } from './queueTrouble.ts';
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
  /** Told of something that does not stop us, but should not stay so. */
  warn: ReportTrouble;
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
    schedulesOf: (queue, ids) => schedulesOf(client, `${prefix}:${queue}:repeat`, ids),
    countSchedules: (queue) => client.zcard(`${prefix}:${queue}:repeat`),
    lockSchedule: (_campaignId, change) => change(), // BullMQ's script is one atomic step here
    close: async () => {
      client.disconnect();
    },
  };
}

/** Refuses a server that may throw jobs away, and warns of one that forgets them when it is restarted. */
export function checkServer(info: string, warn: ReportTrouble): void {
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  if (policy !== undefined && policy !== 'noeviction') {
    throw new PermanentFailure(
      'queueStoreEvicts',
      `Redis throws keys away when its memory is full (maxmemory-policy ${policy}): set it to noeviction`,
    );
  }
  if (/^aof_enabled:0/m.test(info)) {
    warn({
      reason: 'storeForgets',
      message:
        'Redis keeps no append-only file: a restart loses the rings, and the healer has to ring again. Set "appendonly yes".',
    });
  }
}

async function arePending(client: Redis, prefix: string, keys: JobKey[]) {
  const latest = (await nowOf(client)) + LONGEST_DELAY_MS;
  const pending = new Map<string, Set<string | null>>();
  for (const queue of new Set(keys.map((key) => key.queue))) {
    const ids = keys.filter((key) => key.queue === queue).map(({ id }) => id);
    pending.set(queue, await pendingOf(client, `${prefix}:${queue}`, { ids, latest }));
  }
  return keys.map(({ queue, id }) => pending.get(queue)?.has(id) ?? false);
}

// Ten thousand single ZSCOREs take a second, and ZMSCORE is not in every Redis that BullMQ takes.
const SCORES = `local scores = {}
  for i, id in ipairs(ARGV) do scores[i] = redis.call('zscore', KEYS[1], id) end
  return scores`;

// By the lists, all at one moment, since workers take from nothing else: where keys were removed by hand a job's hash may be
// left and nothing else of it. They are read once for all jobs; BullMQ would read them for each job anew.
async function pendingOf(client: Redis, key: string, { ids, latest }: { ids: string[]; latest: number }) {
  const lists = client.multi().lrange(`${key}:wait`, 0, -1).lrange(`${key}:active`, 0, -1);
  lists.eval(SCORES, 1, `${key}:delayed`, ...ids);
  const [waiting = [], active = [], scores = []] = await replies<(string | null)[]>(lists);
  const isSoon = (_: string, i: number) => Boolean(scores[i]) && Number(scores[i]) / PER_MS <= latest;
  return new Set([...waiting, ...active, ...ids.filter(isSoon)]);
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
    yield* await schedulesOf(client, key, ids);
    if (next === '0') return;
    cursor = next;
  }
}

async function schedulesOf(client: Redis, key: string, ids: readonly string[]): Promise<CampaignSchedule[]> {
  const pipeline = client.pipeline();
  for (const id of ids) pipeline.hmget(`${key}:${id}`, 'pattern', 'tz');
  const answers = await replies<(string | null)[]>(pipeline);
  return ids.flatMap((campaignId, i) => {
    const [pattern, timeZone] = answers[i] ?? [];
    return pattern ? [{ campaignId, pattern, timeZone: timeZone ?? 'UTC' }] : [];
  });
}

async function replies<Reply>(pipeline: ReturnType<Redis['pipeline']>) {
  const answers = (await pipeline.exec()) ?? [];
  return answers.map(([error, values]) => {
    if (error) throw error;
    return values as Reply;
  });
}
