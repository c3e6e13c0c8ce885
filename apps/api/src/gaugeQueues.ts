import { TemporaryFailure } from '@muster/core/errors';
import { type QueueCounts, type Queues } from '@muster/queue/queues';
import { type Metrics, type Sample } from '@muster/runtime/metrics';

const STATES = ['waiting', 'active', 'delayed', 'failed'] as const;

/** What lies in the queues of the steps and of the tasks, and for how long. */
export function gaugeQueues(metrics: Metrics, openedQueues: () => Queues | undefined): void {
  metrics.gauges({
    source: 'queue',
    gauges: {
      muster_queue_jobs: {
        help: 'Jobs of a queue by state; failed ones are kept for a week and say nothing of their runs',
        labels: ['queue', 'state'],
      },
      muster_queue_oldest_seconds: {
        help: 'Since when the next job to be taken has been in the queue; 0 where none waits',
        labels: ['queue'],
      },
      muster_queue_paused: { help: 'Whether the queue is paused', labels: ['queue'] },
    },
    read: async () => {
      const queues = openedQueues();
      if (!queues) throw new TemporaryFailure('queueUnavailable', "the queue's store has not answered yet");
      const counts = await queues.counts();
      return {
        muster_queue_jobs: counts.flatMap(jobsOf),
        muster_queue_oldest_seconds: each(counts, ({ oldestSince }) => secondsSince(oldestSince)),
        muster_queue_paused: each(counts, ({ paused }) => Number(paused)),
      };
    },
  });
}

function jobsOf(counts: QueueCounts): Sample[] {
  return STATES.map((state) => ({ labels: { queue: counts.queue, state }, value: counts[state] }));
}

function each(counts: QueueCounts[], valueOf: (counts: QueueCounts) => number): Sample[] {
  return counts.map((one) => ({ labels: { queue: one.queue }, value: valueOf(one) }));
}

/** Of two processes' clocks: those of all agree within 2 s. */
function secondsSince(date: Date | null): number {
  return date === null ? 0 : Math.max(0, Date.now() - date.getTime()) / 1000;
}
