import { randomUUID } from 'node:crypto';
import { queueBench, queueStores, type QueueBench, type QueueStoreName } from '@muster/testing/queueBench';
import { waitFor } from '@muster/testing/waitFor';

const NEW_YEAR = '0 0 0 1 1 *';
const listOf = async <T>(items: AsyncIterable<T>) => {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
};

let bench: QueueBench | undefined;
const newBench = async (store: QueueStoreName) => (bench = await queueBench(store));
afterEach(() => bench?.close());

describe.each(queueStores)('the schedules on %s', (kind) => {
  describe('a schedule', () => {
    it('rings for its campaign', async () => {
      const { open } = await newBench(kind);
      const queues = await open();
      const campaignId = randomUUID();
      const seen: string[] = [];

      await queues.workRings(async (id) => void seen.push(id), { concurrency: 1 });
      await queues.upsertSchedule({ campaignId, pattern: '* * * * * *', timeZone: 'UTC' });
      await waitFor(() => seen.length >= 2);

      expect(new Set(seen)).toEqual(new Set([campaignId]));
    });

    it('is listed until it is removed, with its latest pattern', async () => {
      const { open, raw } = await newBench(kind);
      const queues = await open();
      const [kept, removed] = [randomUUID(), randomUUID()];
      for (const campaignId of [kept, removed]) {
        await queues.upsertSchedule({ campaignId, pattern: '0 0 0 2 2 *', timeZone: 'UTC' });
      }

      await queues.upsertSchedule({ campaignId: kept, pattern: NEW_YEAR, timeZone: 'Europe/Berlin' });
      await queues.removeSchedule(removed);
      await queues.removeSchedule(removed);

      const latest = [{ campaignId: kept, pattern: NEW_YEAR, timeZone: 'Europe/Berlin' }];
      expect(await listOf(queues.schedules())).toEqual(latest);
      expect(await queues.schedulesOf([removed, kept, randomUUID()])).toEqual(latest);
      expect(await queues.countSchedules()).toBe(1);
      expect(await raw('ring').getJobCounts('delayed')).toEqual({ delayed: 1 });
    });

    it('put by two at once is one schedule with one occurrence', async () => {
      const { open, raw } = await newBench(kind);
      const [ours, theirs] = [await open(), await open()];
      const campaigns = Array.from({ length: 20 }, () => randomUUID());

      await Promise.all(
        campaigns.flatMap((campaignId) => [
          ours.upsertSchedule({ campaignId, pattern: NEW_YEAR, timeZone: 'UTC' }),
          theirs.upsertSchedule({ campaignId, pattern: '0 0 0 2 2 *', timeZone: 'UTC' }),
        ]),
      );

      expect(await listOf(ours.schedules())).toHaveLength(20);
      expect(await raw('ring').getJobCounts('delayed')).toEqual({ delayed: 20 });
    });

    it('is listed once, however many there are', async () => {
      const { open } = await newBench(kind);
      const queues = await open();
      const campaigns = Array.from({ length: 501 }, () => randomUUID()).sort();
      await Promise.all(
        campaigns.map((campaignId) => queues.upsertSchedule({ campaignId, pattern: NEW_YEAR, timeZone: 'UTC' })),
      );

      const listed = await listOf(queues.schedules());

      expect(listed.map(({ campaignId }) => campaignId).sort()).toEqual(campaigns);
    });
  });
});
