import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { inLanes } from '@muster/core/inLanes';
import { removeKeys } from '../../test/e2e/queueStore.ts';
import { percentile } from '../../test/faults/figures.ts';
import { askRedis } from '../../test/faults/askRedis.ts';
import { type Bench, type Case } from '../bench.ts';
import { type Figure, withUnit } from '../figure.ts';
import { type House, inHouse } from '../house.ts';
import { secondsOf } from '../rounds.ts';
import { insertScheduled, latenessOf, type Scheduled, untilAllScheduled } from '../scheduledCampaigns.ts';

const NAME = 'schedules';
const WANTED = { latestS: 5, allBackS: 300 };
const LEAST_MINUTES = 10;
const A_MINUTE = 840; // 14 in each second: 100,000 campaigns take two hours of the day
const OBSERVED_MS = 30_000; // after a restart; after a flush once all are back
const GRACE_MS = 15_000; // so late a slot is not waited for: it counts with what it has by then
const PATIENCE_MS = 900_000;
const AT_ONCE = 50;

/** Very many scheduled campaigns: a scheduler that is started again, and a Redis that has lost everything. */
export const schedules: Case = { name: NAME, isQuick: false, measure };

async function measure(bench: Bench): Promise<Figure[]> {
  const count = bench.sizes.schedules;
  return inHouse(bench, { name: NAME, counts: { api: 0, worker: 0, scheduler: 0 } }, async (house) => {
    const upserts = await plainUpserts(house, count);
    bench.say(`  plain upserts: ${withUnit(upserts, 's')}`);
    const minutes = Math.max(LEAST_MINUTES, Math.ceil(count / A_MINUTE));
    const scheduled = await insertScheduled(house, { count, inSeconds: 0, minutes });
    await house.start('scheduler');
    const filled = await untilAllScheduled(house, count, PATIENCE_MS);
    bench.say(`  filled by our scheduler: ${withUnit(filled, 's')}`);
    const restarted = await observed(house, () => restartScheduler(house));
    const flushed = await observed(house, () => flush(house, scheduled));
    const many = count.toLocaleString('en-US');
    const latest = (what: string, lateness: number[]): Figure => ({
      ...{
        case: NAME,
        what: `${many} scheduled, ${what}: the latest slot`,
        peer: '',
        unit: 's',
        samples: { lateness },
      },
      ...{
        value: percentile(lateness, 1),
        ours: withUnit(percentile(lateness, 1), 's'),
        wanted: { atMost: WANTED.latestS },
      },
    });
    return [
      latest('scheduler restarted', restarted.lateness),
      latest('Redis flushed', flushed.lateness),
      {
        ...{ case: NAME, what: `${many} scheduled, Redis flushed: all job schedulers back` },
        ...{ ours: withUnit(flushed.result, 's'), peer: withUnit(upserts, 's'), value: flushed.result, unit: 's' },
        ...{
          wanted: { atMost: WANTED.allBackS },
          samples: { ours: [flushed.result], upserts: [upserts], filled: [filled] },
        },
      },
    ];
  });
}

/** What bare BullMQ takes to put them all, some at a time. */
async function plainUpserts({ bench, databaseUrl }: House, count: number): Promise<number> {
  const redisUrl = bench.servers.redis.url;
  const prefix = `{bare-${randomUUID()}}`;
  const queue = new Queue('ring', { connection: { url: redisUrl }, prefix });
  const patterns = Array.from({ length: count }, (_, n) => `${n % 60} ${Math.floor(n / 60) % 60} 12 * * *`);
  try {
    return await secondsOf(() =>
      inLanes([...patterns.entries()], AT_ONCE, async ([n, pattern]) => {
        await queue.upsertJobScheduler(`campaign-${n}`, { pattern }, { name: 'ring', data: { v: 1, campaignId: n } });
      }),
    );
  } finally {
    await queue.close();
    await removeKeys({ prefix, databaseUrl, redisUrl });
  }
}

async function restartScheduler(house: House) {
  const [scheduler] = house.processes('scheduler');
  if (scheduler) await house.end(scheduler);
  await house.start('scheduler');
}

async function flush(house: House, { count }: Scheduled) {
  await askRedis(house.bench.servers.redis.url, 'flushall');
  return untilAllScheduled(house, count, PATIENCE_MS);
}

/** Does something, goes on looking for a while, and gives how late the slots were that were due meanwhile. */
async function observed<Result>(house: House, work: () => Promise<Result>) {
  const from = await house.db.now();
  const result = await work();
  await pause(OBSERVED_MS);
  const to = await house.db.now();
  await pause(GRACE_MS);
  return { result, lateness: await latenessOf(house, from, to) };
}
