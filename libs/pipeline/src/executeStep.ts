import { campaignRun } from './campaignRun.ts';
import { CancelAsked } from './cancelAsked.ts';
import { holdLease } from './holdLease.ts';
import { ringAll } from './ringAll.ts';
import { ringDecisions } from './ringDecisions.ts';
import { type StepJob } from './run.ts';
import { type Claim } from './runs.ts';
import { settleFailure } from './settleFailure.ts';
import { settleNotTaken } from './settleNotTaken.ts';
import { type LogFields } from '@muster/core/log';
import { type StepDeps } from './stepDeps.ts';
import { openWorkspace } from './workspace.ts';

/**
 * Runs one step of a run if it is still wanted, and asks for the next one. Every ring of the doorbell ends here.
 * Throws NotReady when it should be rung for again later; every other failure is recorded with the run.
 */
export async function executeStep(job: StepJob, deps: StepDeps, stop: AbortSignal): Promise<void> {
  const claim = await deps.runs.claim(job, !deps.isolate);
  if (!claim) return; // done, ended, or not its turn
  if ('because' in claim) return settleNotTaken(claim, { job, deps, stop });

  if (claim.lost) deps.log.warn('step.lost', { ...fieldsOf(claim), ...claim.lost });
  const bound = { ...deps, log: deps.log.child(fieldsOf(claim)) };
  const hold = holdLease(claim, bound, stop);
  try {
    const { next, decisionsTask } = await runBody(claim, bound, hold.signal);
    await ringAll(deps, next ? [next] : await endOf(claim, bound)); // may fail: the healer rings again
    await ringDecisions(bound, decisionsTask); // after those who are waited for
  } catch (error) {
    await settleFailure(error, { claim, deps: bound, bell: deps, signal: hold.signal, stop });
  } finally {
    hold.end();
  }
}

/** The run is over: its tables go, and its place goes to the next one. */
async function endOf({ run }: Claim, { audience, places, log }: StepDeps) {
  log.info('run.succeeded');
  audience.dropSoon(run.id);
  return places.fill(run.companyId);
}

async function runBody(claim: Claim, deps: StepDeps, signal: AbortSignal) {
  const step = campaignRun.find(({ name }) => name === claim.step);
  if (!step) throw new Error(`there is no step ${claim.step}`);
  const io = openWorkspace(deps, claim.run, { lease: claim, files: step });
  const note = (event: string, details: Record<string, unknown> | null = null) =>
    deps.runs.addEvent(claim.runId, { step: claim.step, event, details });
  const breakOff = () => void io.discard(); // whoever writes looks at no signal, and may wait for long
  signal.addEventListener('abort', breakOff, { once: true });
  try {
    if (claim.cancelAsked) throw new CancelAsked(claim.runId); // taken to be ended
    deps.log.info('step.started');
    const startedMs = performance.now();
    const summary = await step.body(
      { ...deps, run: claim.run, lease: claim, failures: claim.failures, signal, note },
      io,
    );
    signal.throwIfAborted();
    const files = await io.sealAll(); // later steps see a file only once it is whole
    const progress = await deps.runs.finishStep(claim, summary, files); // one transaction; refuses a stale attempt
    const durationMs = Math.round(performance.now() - startedMs);
    deps.log.info('step.finished', { rowsIn: summary.rowsIn, rowsOut: summary.rowsOut, durationMs });
    return progress;
  } finally {
    signal.removeEventListener('abort', breakOff);
    await io.discard();
  }
}

function fieldsOf({ run, step, attempt }: Claim): LogFields {
  return { runId: run.id, campaignId: run.campaignId, requestId: run.requestId, step, attempt };
}
