import { stepNames } from '@muster/pipeline/run';
import { bellQueues } from '@muster/pipeline/tasks';
import { type JobQueues } from './buildQueues.ts';
import { type QueueCounts } from './queues.ts';
import { type QueueStore } from './queueStore.ts';

// A paused queue's jobs count as `waiting` on Redis and as `paused`, which BullMQ's types do not know, on PostgreSQL.
const PAUSED = 'paused' as 'waiting';
const COUNTED = [...stepNames, ...bellQueues] as const;

/** How much lies in the queue of each step, and in those of the tasks, and since when. */
export async function countJobs(queues: JobQueues, store: QueueStore): Promise<QueueCounts[]> {
  const oldest = await store.oldestWaiting(COUNTED);
  return Promise.all(
    COUNTED.map(async (queue, i) => {
      const since = oldest[i] ?? null;
      return { ...(await countsOf(queues, queue)), oldestSince: since === null ? null : new Date(since) };
    }),
  );
}

async function countsOf(queues: JobQueues, queue: QueueCounts['queue']) {
  const [counts, paused] = await Promise.all([
    queues[queue].getJobCounts('waiting', 'prioritized', PAUSED, 'active', 'delayed', 'failed'),
    queues[queue].isPaused(),
  ]);
  const of = (state: string) => counts[state] ?? 0;
  return {
    queue,
    waiting: of('waiting') + of('prioritized') + of(PAUSED),
    active: of('active'),
    delayed: of('delayed'),
    failed: of('failed'),
    paused,
  };
}
