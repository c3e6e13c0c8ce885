import { Queue } from 'bullmq';
import { stepNames, type StepName } from '@muster/pipeline/run';
import { type BellQueue, bellQueues } from '@muster/pipeline/tasks';
import { jobOptions, MAX_EVENTS } from './queueSettings.ts';
import { type JobQueue } from './jobQueue.ts';
import { type QueueStore } from './queueStore.ts';
import { type ReportTrouble, storeTrouble } from './queueTrouble.ts';
import { type WorkerHome } from './startWorker.ts';
import { waitForStore } from './waitForStore.ts';
import { withDeadline } from './withDeadline.ts';

/** The queue of the campaigns' schedules; the others are named after their step, or after the tasks that go by them. */
export const RING_QUEUE = 'ring';
const READY_MS = 30_000;

export type QueueName = StepName | BellQueue | typeof RING_QUEUE;
export type JobQueues = Record<QueueName, JobQueue>;

/** Builds all queues, once the store answers; those that the store left in the middle are built again. */
export async function buildQueues({ store, report, signal }: Pick<WorkerHome, 'store' | 'report' | 'signal'>) {
  for (;;) {
    await waitForStore(store, report, signal);
    const queues = Object.fromEntries(
      [...stepNames, ...bellQueues, RING_QUEUE].map((name) => [name, newQueue(store, name, report)]),
    ) as JobQueues;
    const ready = Promise.all(Object.values(queues).map((queue) => queue.getVersion())); // ready, and its options written
    try {
      await withDeadline(ready, READY_MS);
      return queues;
    } catch (error) {
      report(storeTrouble(error));
      void ready.catch(() => undefined);
      await closeQueues(queues);
    }
  }
}

function newQueue(store: QueueStore, name: string, report: ReportTrouble): JobQueue {
  const options = {
    connection: {}, // chosen by the store
    defaultJobOptions: jobOptions,
    streams: { events: { maxLen: MAX_EVENTS } },
  };
  const queue: JobQueue = new Queue(name, options, store.backend);
  queue.on('error', (error) => report(storeTrouble(error)));
  return queue;
}

/** Lets go of the queues' connections. */
export async function closeQueues(queues: JobQueues): Promise<void> {
  await Promise.allSettled(Object.values(queues).map((queue) => queue.close()));
}
