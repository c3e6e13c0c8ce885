import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type RedisServer, startRedis } from '@muster/testing/startRedis';
import { waitFor } from '@muster/testing/waitFor';
import { untilDone, untilRun } from '../e2e/campaignRuns.ts';
import { scheduleSoon } from '../e2e/scheduleSoon.ts';
import { askRedis } from './askRedis.ts';
import { type FaultHouse, openFaultHouse } from './faultHouse.ts';
import { allSucceeded, endsOf, holdEverywhere, letGoAll } from './heldEverywhere.ts';
import { isWhole } from './totals.ts';

const OPENING_MS = 120_000;
const LONG_MS = 180_000;
// Longer than the lease (3 s) and the lock of a job (2 s); whole: so long that BullMQ's own waits would end 13 s too late.
const OUTAGE_MS = isWhole ? 25_000 : 4_500;
const CONSUMING_MS = 10_000;
const whole = isWhole ? describe : describe.skip;

let redis: RedisServer;
let faulty: FaultHouse;
beforeAll(async () => {
  redis = await startRedis({ persistent: true });
  faulty = await openFaultHouse({ backend: 'redis', servers: { redisUrl: redis.url } });
}, OPENING_MS);
afterAll(async () => {
  await faulty.close();
  await redis.stop();
}, OPENING_MS);

describe('Redis restarted', () => {
  it(
    'B1: with its append-only file, steps go on without it, runs are accepted, and work comes back within ten seconds',
    async () => {
      const held = await holdEverywhere(faulty.house);
      const since = await outage(async () => {
        const accepted = await faulty.begin();
        await letGoAll(held);
        for (const step of ['query', 'filter', 'export'] as const)
          await untilDone(faulty.house, held[step]!.path, step);
        return accepted;
      });

      await untilRun(faulty.house, since.result, ({ status }) => status !== 'pending');
      expect(performance.now() - since.backMs).toBeLessThan(CONSUMING_MS);
      expect(await endsOf(faulty.house, held)).toEqual({ ends: allSucceeded(held), faults: [] });
      await expectSuccess([since.result]);
    },
    LONG_MS,
  );

  it(
    'B2: with nothing in it, open runs are rung for again, and none that has ended',
    async () => {
      const ended = await faulty.begin();
      await expectSuccess([ended]);
      const held = await holdEverywhere(faulty.house, ['query']);
      const waiting = await faulty.begin();
      await redis.kill();
      await rm(join(redis.directory, 'appendonlydir'), { recursive: true });
      await redis.restart();
      await letGoAll(held);

      expect(await endsOf(faulty.house, held)).toEqual({ ends: allSucceeded(held), faults: [] });
      await expectSuccess([waiting]);
      expect(await attemptsOf(ended)).toEqual([1]);
    },
    LONG_MS,
  );

  whole('at length:', () => {
    it(
      'B2: with older data, in which a run is at work that has ended since, that one is not repeated',
      async () => {
        const old = await holdEverywhere(faulty.house, ['query']);
        const kept = join(redis.directory, 'kept');
        await cp(join(redis.directory, 'appendonlydir'), kept, { recursive: true });
        await letGoAll(old);
        expect(await endsOf(faulty.house, old)).toEqual({ ends: allSucceeded(old), faults: [] });
        const held = await holdEverywhere(faulty.house, ['query']);
        await redis.kill();
        await rm(join(redis.directory, 'appendonlydir'), { recursive: true });
        await cp(kept, join(redis.directory, 'appendonlydir'), { recursive: true });
        await redis.restart();
        await letGoAll(held);

        expect(await endsOf(faulty.house, held)).toEqual({ ends: allSucceeded(held), faults: [] });
        await expectSuccess([await faulty.begin()]);
        expect(await attemptsOf(old.query!.path)).toEqual([1]);
        expect(await endsOf(faulty.house, old)).toEqual({ ends: allSucceeded(old), faults: [] });
      },
      LONG_MS,
    );
  });
});

describe('Redis flushed', () => {
  it(
    'B3: while idle, and while runs stand in their steps: all end, once',
    async () => {
      await askRedis(redis.url, 'FLUSHALL');
      const held = await holdEverywhere(faulty.house, ['upload', 'export', 'query']);
      const waiting = await faulty.begin();
      await askRedis(redis.url, 'FLUSHALL');
      await letGoAll(held);

      expect(await endsOf(faulty.house, held)).toEqual({ ends: allSucceeded(held), faults: [] });
      await expectSuccess([waiting]);
    },
    LONG_MS,
  );

  whole('at length:', () => {
    it('B3: before a slot is due, the slot still becomes one run, and the schedule comes back', async () => {
      const { house, drop } = faulty;
      const campaignId = await scheduleSoon(house, { sftp: drop.settings });
      await askRedis(redis.url, 'FLUSHALL');
      const slot = await waitFor(() => slotsOf(campaignId), { timeoutMs: 150_000, everyMs: 200, what: 'the slot' });

      expect(slot).toHaveLength(1);
      faulty.accepted.push(slot[0]?.runId ?? '');
      await expectSuccess([`/campaigns/${campaignId}/runs/${slot[0]?.runId ?? ''}`]);
      await waitFor(async () => (await askRedis(redis.url, 'KEYS', `*:repeat:${campaignId}`)) !== '', {
        ...{ timeoutMs: 90_000, everyMs: 500, what: 'the schedule to be put again' },
      });
    }, 400_000);
  });
});

describe('the link to Redis', () => {
  it.each(isWhole ? (['cut', 'freeze', 'reset'] as const) : (['cut', 'freeze'] as const))(
    'B4: %s in the middle of runs, for longer than a lease, costs nothing but time',
    async (fault) => {
      const link = faulty.house.links!.redis!;
      const before = await faulty.begin();
      await link[fault]();
      const meanwhile = await faulty.begin();
      await waited(performance.now(), OUTAGE_MS);
      await link.mend();

      await expectSuccess([before, meanwhile]);
    },
    LONG_MS,
  );

  it(
    'B8: to a server that became a replica is left for the new primary, though that lacks what was written last',
    async () => {
      const other = await startRedis();
      const link = faulty.house.links!.redis!;
      try {
        await replicate(other, redis);
        await askRedis(other.url, 'REPLICAOF', 'NO', 'ONE');
        const held = await holdEverywhere(faulty.house, ['query']);
        await replicate(redis, other); // connections to it stay: they may read and never write
        link.lead(other.url);
        const accepted = await faulty.begin();
        await letGoAll(held);

        expect(await endsOf(faulty.house, held)).toEqual({ ends: allSucceeded(held), faults: [] });
        await expectSuccess([accepted]);
      } finally {
        await askRedis(redis.url, 'REPLICAOF', 'NO', 'ONE');
        link.lead(redis.url);
        link.reset();
        await other.stop();
      }
      await expectSuccess([await faulty.begin()]);
    },
    LONG_MS,
  );
});

describe('Redis', () => {
  it(
    'B6: out of memory refuses rings: runs are accepted, told as missed, and rung for once there is room',
    async () => {
      const { house } = faulty;
      await askRedis(redis.url, 'CONFIG', 'SET', 'maxmemory', '1');
      const path = await faulty.begin();
      const runId = path.split('/').at(-1);
      // by the API, or by a healer that was faster with the run's place
      await Promise.any(house.processes.map((one) => one.line('ring.missed', (line) => line.runId === runId)));
      const early = await untilRun(house, path, () => true);
      await askRedis(redis.url, 'CONFIG', 'SET', 'maxmemory', '0');

      expect(early.status).toBe('pending');
      await expectSuccess([path]);
    },
    LONG_MS,
  );

  whole('at length:', () => {
    it(
      'B7: that throws keys away is refused by all three processes, in words',
      async () => {
        const { start, keep } = faulty.house;
        const evicting = await startRedis();
        keep(evicting);
        await askRedis(evicting.url, 'CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
        const env = { REDIS_URL: evicting.url };
        const words = /maxmemory-policy allkeys-lru\): set it to noeviction/;
        const api = await start('api', env);

        await expect(start('worker', env)).rejects.toThrow(words);
        await expect(start('scheduler', env)).rejects.toThrow(words);
        expect(await api.ended()).toBe(1);
        expect(JSON.stringify(await api.lines())).toMatch(words);
      },
      LONG_MS,
    );
  });

  whole('at length:', () => {
    it(
      'B7: without an append-only file is taken, with a warning',
      async () => {
        const { start, keep } = faulty.house;
        const forgetful = await startRedis();
        keep(forgetful);
        const worker = await start('worker', { REDIS_URL: forgetful.url });
        await worker.line('queue.trouble', (line) => JSON.stringify(line).includes('append-only'));
        expect(await worker.stop()).toBe(0);
      },
      LONG_MS,
    );
  });
});

it('no process ended, no invariant is broken, and nothing secret or personal lies where it must not', async () => {
  const { house } = faulty;
  const { faults } = await faulty.check();

  expect(house.processes.filter((one) => one.hasEnded()).map(({ name }) => name)).toEqual([]);
  expect(faults).toEqual([]);
});

/** Does something while Redis is dead, for at least the time that an outage takes here. */
async function outage<Result>(work: () => Promise<Result>) {
  await redis.kill();
  const killedMs = performance.now();
  const result = await work();
  await waited(killedMs, OUTAGE_MS);
  await redis.restart();
  return { result, backMs: performance.now() };
}

function waited(sinceMs: number, ms: number) {
  return waitFor(() => performance.now() - sinceMs > ms, { timeoutMs: ms + 1_000, what: 'time to pass' });
}

async function replicate(replica: RedisServer, primary: RedisServer) {
  await askRedis(replica.url, 'REPLICAOF', '127.0.0.1', String(primary.port));
  const isUp = async () => (await askRedis(replica.url, 'INFO', 'replication')).includes('master_link_status:up');
  await waitFor(isUp, { timeoutMs: 30_000, everyMs: 50, what: 'the replica to have it all' });
}

async function expectSuccess(paths: string[]) {
  for (const path of paths) {
    const { status, error } = await untilRun(faulty.house, path);
    expect({ path, status, error }).toEqual({ path, status: 'succeeded', error: null });
  }
}

/** How often the steps of a run were tried: each number once. */
async function attemptsOf(path: string) {
  const { steps } = await untilRun(faulty.house, path);
  return [...new Set(steps.map(({ attempts }) => attempts))];
}

async function slotsOf(campaignId: string) {
  const slots = await faulty.house.db.query<{ runId: string }>(
    `select run_id as "runId" from campaign_slot where campaign_id = $1 and run_id is not null`,
    [campaignId],
  );
  return slots.length > 0 ? slots : undefined;
}
