import { type StepJob } from './run.ts';
import { type NotTaken } from './runs.ts';
import { type StepDeps } from './stepDeps.ts';

interface Asked {
  job: StepJob;
  deps: StepDeps;
  stop: AbortSignal;
}

/**
 * What follows where a step was not taken: a process of its own takes it, or its run has ended by that, which nobody else
 * tells. The healer seals the log of such a run, and gives its place to the next one.
 */
export async function settleNotTaken(
  { because, run: { campaignId, requestId }, lost }: NotTaken,
  { job, deps, stop }: Asked,
): Promise<void> {
  const log = deps.log.child({ runId: job.runId, campaignId, requestId, step: job.step });
  if (because === 'isolate') return deps.isolate?.(job, { stop, log });
  if (lost) log.warn('step.lost', { ...lost });
  if (because === 'canceled') log.info('run.canceled');
  else log.error('run.failed', { code: 'parked' }); // it waits for a person, who must hear of it
}
