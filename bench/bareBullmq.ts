import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { inLanes } from '@muster/core/inLanes';
import { stepNames } from '@muster/pipeline/run';
import { Environment } from '@muster/runtime/config';
import { waitFor } from '@muster/testing/waitFor';
import { removeKeys } from '../test/e2e/queueStore.ts';
import { startProcess } from '../test/e2e/startProcess.ts';
import { stopList } from '../tools/demo/stopList.ts';
import { type House } from './house.ts';
import { secondsOf } from './rounds.ts';

const TIMEOUT_MS = 120_000;
const LOOK_EVERY_MS = 5;
const shipped = new Environment();

/** How many processes, how many runs, and how many are begun at a time. */
export interface BareRuns {
  workers: number;
  runs: number;
  lanes: number;
}

/** Bare BullMQ on the same Redis, with a queue for each of our steps and as many jobs of it at a time as our workers take. */
export async function bareBullmq(house: House, { workers, runs, lanes }: BareRuns) {
  const started = stopList();
  const prefix = `{bare-${randomUUID()}}`;
  const redisUrl = house.bench.servers.redis.url;
  const store = { prefix, redisUrl, databaseUrl: house.databaseUrl };
  const concurrency = stepNames.map((step) =>
    step === 'filter' || step === 'export' ? shipped.WORKING_CONCURRENCY : shipped.WAITING_CONCURRENCY,
  );
  const env = {
    ...{ REDIS_URL: redisUrl, QUEUE_PREFIX: prefix, NODE_ENV: 'production' },
    ...{ HOPS: stepNames.join(','), CONCURRENCY: concurrency.join(',') },
  };
  const start = (_: unknown, at: number) =>
    startProcess({
      ...{ app: 'worker', main: 'bench/peers/dist/bareBullmq.js', name: `bullmq-${at}`, env, logs: house.directory },
      onSpawn: started.add,
    });
  started.add({ stop: () => removeKeys(store) });
  const [first, last] = [stepNames.at(0) ?? '', stepNames.at(-1) ?? ''].map(
    (name) => new Queue(name, { connection: { url: redisUrl }, prefix }),
  ) as [Queue, Queue];
  started.add({ stop: () => first.close() }, { stop: () => last.close() });
  await Promise.all(Array.from({ length: workers }, start));
  let done = 0;
  return {
    stop: () => started.stopAll(),
    /** From the first job to the end of the last one. */
    runsPerSecond: async () => {
      done += runs;
      const all = Array.from({ length: runs }, () => ({ v: 1, runId: randomUUID(), step: first.name }));
      const isDone = async () => (await last.getCompletedCount()) >= done;
      const seconds = await secondsOf(async () => {
        await inLanes(all, lanes, async (data) => {
          await first.add(first.name, data);
        });
        await waitFor(isDone, { timeoutMs: TIMEOUT_MS, everyMs: LOOK_EVERY_MS, what: 'the jobs of bare BullMQ' });
      });
      return runs / seconds;
    },
  };
}
