import { type Metrics } from '@muster/runtime/metrics';

/** What a scheduler tells of its work. */
export interface SchedulerMeter {
  /** Due slots have become runs, found by a ring of the queue or by the sweep. */
  queued(foundBy: 'ring' | 'sweep', runs: number): void;
  /** Runs that nobody began were canceled. */
  canceled(runs: number): void;
  /** A sweep has recorded all that was due. */
  swept(seconds: number): void;
}

const BUCKETS_S = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 15, 60];

/** Counts the work of a scheduler. */
export function meterScheduler(metrics: Metrics): SchedulerMeter {
  const slots = metrics.counter({
    name: 'muster_slots_recorded_total',
    help: 'Due slots that this process has turned into runs',
    labels: ['found_by'],
  });
  const runs = metrics.counter({
    name: 'muster_runs_total',
    help: 'Runs that this process has ended',
    labels: ['outcome'],
  });
  const sweeps = metrics.histogram({
    name: 'muster_sweep_duration_seconds',
    help: 'How long it took to record all that was due',
    labels: [],
    buckets: BUCKETS_S,
  });
  let sweptAt = performance.now();
  metrics.gauges({
    source: 'sweep',
    gauges: { muster_sweep_lag_seconds: { help: 'Since when no sweep has come to its end', labels: [] } },
    read: async () => ({ muster_sweep_lag_seconds: [{ value: (performance.now() - sweptAt) / 1000 }] }),
  });
  return {
    queued: (foundBy, count) => slots({ found_by: foundBy }, count),
    canceled: (count) => runs({ outcome: 'canceled' }, count),
    swept: (seconds) => {
      sweptAt = performance.now();
      sweeps({}, seconds);
    },
  };
}
