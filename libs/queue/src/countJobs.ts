import { type StepName, stepNames } from '@muster/pipeline/run';
import { type JobQueues } from './buildQueues.ts';
import { type QueueCounts } from './queues.ts';
import { type QueueStore } from './queueStore.ts';

// A paused queue's jobs count as `waiting` on Redis and as `paused`, which BullMQ's types do not know, on PostgreSQL.
const PAUSED = 'paused' as 'waiting';

/** How much lies in the queue of each step, and since when. */
export async function countJobs(queues: JobQueues, store: QueueStore): Promise<QueueCounts[]> {
  const oldest = await store.oldestWaiting(stepNames);
  return Promise.all(
    stepNames.map(async (step, i) => {
      const since = oldest[i] ?? null;
      return { ...(await countsOf(queues, step)), oldestSince: since === null ? null : new Date(since) };
    }),
  );
}

async function countsOf(queues: JobQueues, step: StepName) {
  const [counts, paused] = await Promise.all([
    queues[step].getJobCounts('waiting', 'prioritized', PAUSED, 'active', 'delayed', 'failed'),
    queues[step].isPaused(),
  ]);
  const of = (state: string) => counts[state] ?? 0;
  return {
    step,
    waiting: of('waiting') + of('prioritized') + of(PAUSED),
    active: of('active'),
    delayed: of('delayed'),
    failed: of('failed'),
    paused,
  };
}
