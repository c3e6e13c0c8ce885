import { type Lease, type NotTaken, type Runs } from '@muster/pipeline/runs';
import { type Metrics } from '@muster/runtime/metrics';

const BUCKETS_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 900, 3600];

/** What became of an attempt at a step. */
type Outcome = 'succeeded' | 'failed' | 'canceled' | 'retried' | 'postponed' | 'handedBack' | 'screenedAgain' | 'lost';

/**
 * The runs, counted as they go by: how long attempts at steps take, and how runs end. What was not committed is not
 * counted, so the sum over all workers is what happened. A step that runs in a process of its own is not among them.
 */
export function meterRuns(runs: Runs, metrics: Metrics): Runs {
  const noteEnd = endsOfSteps(metrics);
  const countRun = metrics.counter({
    name: 'muster_runs_total',
    help: 'Runs that this process has ended',
    labels: ['outcome'],
  });
  const countEnd = ({ because }: NotTaken) => {
    if (because !== 'isolate') countRun({ outcome: because === 'parked' ? 'failed' : 'canceled' });
  };
  return {
    ...runs,
    claim: async (job, isolated) => {
      const claim = await runs.claim(job, isolated);
      if (claim && 'because' in claim) countEnd(claim);
      else if (claim) noteEnd.begin(claim);
      return claim;
    },
    finishStep: async (lease, summary, files) => {
      const progress = await runs.finishStep(lease, summary, files);
      noteEnd.end(lease, 'succeeded');
      if (!progress.next) countRun({ outcome: 'succeeded' });
      return progress;
    },
    endRun: async (lease, status, error) => {
      const decisionsTask = await runs.endRun(lease, status, error);
      noteEnd.end(lease, status);
      countRun({ outcome: status });
      return decisionsTask;
    },
    postponeStep: async (lease, options) => {
      await runs.postponeStep(lease, options);
      noteEnd.end(lease, options.error ? 'retried' : 'postponed');
    },
    release: async (lease) => {
      const ring = await runs.release(lease);
      noteEnd.end(lease, 'handedBack');
      return ring;
    },
    screenAgain: async (lease, checkedAt) => {
      const ring = await runs.screenAgain(lease, checkedAt);
      if (ring) noteEnd.end(lease, 'screenedAgain');
      return ring;
    },
    takeCrashBack: async (lease) => {
      await runs.takeCrashBack(lease);
      noteEnd.end(lease, 'lost');
    },
  };
}

/** Attempts at steps, from their claim to their end. */
function endsOfSteps(metrics: Metrics) {
  const time = metrics.histogram({
    name: 'muster_step_duration_seconds',
    help: 'From the claim of a step to what came of it',
    labels: ['step', 'outcome'],
    buckets: BUCKETS_S,
  });
  const begun = new WeakMap<Lease, number>(); // the claim itself is the lease that all others are called with
  return {
    begin: (lease: Lease) => void begun.set(lease, performance.now()),
    end: (lease: Lease, outcome: Outcome) => {
      const began = begun.get(lease);
      if (began === undefined) return;
      begun.delete(lease);
      time({ step: lease.step, outcome }, (performance.now() - began) / 1000);
    },
  };
}
