import { areJobsReady } from './areJobsReady.ts';
import { askStore, unavailable } from './askStore.ts';
import { RING_QUEUE } from './buildQueues.ts';
import { MAX_SCHEDULED_STARTS } from './queueSettings.ts';
import { type RingQueue } from './queues.ts';
import { type JobQueue } from './jobQueue.ts';
import { campaignIdOf, PAYLOAD_VERSION } from './runWorker.ts';
import { startWorker, type WorkerHome } from './startWorker.ts';

/** Keeps the campaigns' schedules as BullMQ's job schedulers, each under its campaign's id. */
export function ringQueue(queue: JobQueue, home: WorkerHome): RingQueue {
  const { store, settings } = home;
  // Two callers at once would leave two occurrences on PostgreSQL, or fail: one after the other, then.
  const change = (campaignId: string, work: () => Promise<unknown>) =>
    askStore(settings.askDeadlineMs, async () => {
      await store.lockSchedule(campaignId, work);
    });
  return {
    upsertSchedule: ({ campaignId, pattern, timeZone }) => {
      const template = { name: RING_QUEUE, data: { v: PAYLOAD_VERSION, campaignId } };
      return change(campaignId, () => queue.upsertJobScheduler(campaignId, { pattern, tz: timeZone }, template));
    },
    removeSchedule: (campaignId) => change(campaignId, () => queue.removeJobScheduler(campaignId)),
    schedules: async function* () {
      try {
        yield* store.schedules(RING_QUEUE);
      } catch (error) {
        throw unavailable(error);
      }
    },
    schedulesOf: (campaignIds) => askStore(settings.askDeadlineMs, () => store.schedulesOf(RING_QUEUE, campaignIds)),
    countSchedules: () => askStore(settings.askDeadlineMs, () => store.countSchedules(RING_QUEUE)),
    workRings: (process, { concurrency }) =>
      startWorker(home, {
        queue: RING_QUEUE,
        concurrency,
        maxStartedAttempts: MAX_SCHEDULED_STARTS,
        areJobsReady: () => askStore(settings.askDeadlineMs, () => areJobsReady(queue)),
        process: (payload) => process(campaignIdOf(payload)),
      }),
  };
}
