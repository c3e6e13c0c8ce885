import { setTimeout } from 'node:timers/promises';
import { codeOf, MusterError, NotReady, TemporaryFailure, verdictOn } from '@muster/core/errors';
import { CancelAsked } from './cancelAsked.ts';
import { WorkerStopping } from './keepAlive.ts';
import { LeaseLost } from './leaseLost.ts';
import { removeLeftover } from './removeLeftover.ts';
import { RETRY_ADVICE } from './retryAdvice.ts';
import { retryDelay } from './retryDelay.ts';
import { ringAll } from './ringAll.ts';
import { ringDecisions } from './ringDecisions.ts';
import { type Claim, type GiveUp, type Postponement, type StepError } from './runs.ts';
import { ScreeningExpired } from './screeningExpired.ts';
import { sealLog } from './sealLog.ts';
import { type StepDeps } from './stepDeps.ts';

/** A run that waits longer than this gives its place to the next one. */
const LONGEST_WAIT_WITH_PLACE_MS = 60_000;

interface Failed {
  claim: Claim;
  /** Their log is the attempt's. */
  deps: StepDeps;
  /** Their log is of no run: whoever is rung for is another one. */
  bell: Pick<StepDeps, 'doorbell' | 'log'>;
  /** The hold's: why the step was interrupted, if it was. */
  signal: AbortSignal;
  /** The worker must go: do not wait for anything. */
  stop: AbortSignal;
}

const TRIES_OF_A_STRANGE_ADDRESS = 6; // about two minutes: what a name server needs to come back
const LONGEST_ASKED_MS = 15 * 60_000;
const DATABASE_PAUSE_MS = 1_000;

/**
 * Decides what a step's failure means, and records it. Throws NotReady where the same job should come again later.
 * While PostgreSQL is away it waits: a failure that nobody recorded would be taken for a crash.
 */
export async function settleFailure(thrown: unknown, failed: Failed): Promise<void> {
  let cause = thrown;
  for (;;) {
    try {
      await settle(cause, failed);
      return;
    } catch (error) {
      if (error instanceof LeaseLost) return leave(failed); // learned only now, from the fence
      if (error instanceof CancelAsked) {
        cause = error; // learned only now: put off, or failed, it would not end as was asked
        continue;
      }
      const away = error instanceof TemporaryFailure && /^database(Unavailable|Busy)$/.test(error.code);
      if (!away || failed.stop.aborted) throw error;
      await setTimeout(DATABASE_PAUSE_MS, undefined, { signal: failed.stop }).catch(() => undefined);
    }
  }
}

async function settle(thrown: unknown, failed: Failed): Promise<void> {
  const { claim, deps, signal } = failed;
  const error: unknown = signal.aborted ? signal.reason : thrown; // what a library says of an abort is of no interest
  if (error instanceof LeaseLost || thrown instanceof LeaseLost) return leave(failed);
  if (error instanceof WorkerStopping) return ringAll(deps, [await deps.runs.release(claim)]);
  if (error instanceof CancelAsked || thrown instanceof CancelAsked) {
    await removeLeftover(failed);
    return end(failed, 'canceled', null);
  }
  if (error instanceof ScreeningExpired) return screenAgain(failed, error);

  const verdict = verdictOn(error);
  if (verdict === 'later') return putOff(failed, (error as NotReady).retryAfterMs);
  const told = describe(error);
  const giveUp = { afterMs: deps.retries[claim.step], atFailure: mostTries(error) };
  if (verdict === 'retry' && isRetried(claim, giveUp)) {
    const unexpected = !(error instanceof MusterError);
    deps.log[unexpected ? 'error' : 'warn']('step.failed', { code: told.code }, unexpected ? error : undefined);
    return putOff(failed, Math.max(retryDelay(claim.failures), askedToWaitMs(error)), { error: told, giveUp });
  }
  return end(failed, 'failed', told);
}

function isRetried({ failingForMs, failures }: Claim, { afterMs, atFailure }: GiveUp) {
  return failingForMs < afterMs && (atFailure === null || failures + 1 < atFailure);
}

/** An address that is most likely mistyped is not tried for an hour: the campaign could not be started again meanwhile. */
function mostTries(error: unknown): number | null {
  const code = error instanceof TemporaryFailure ? error.details['code'] : undefined;
  return code === 'ENOTFOUND' || code === 'EPROTO' ? TRIES_OF_A_STRANGE_ADDRESS : null;
}

/** What a server that is asked too often wants us to wait (`Retry-After`), within reason. */
function askedToWaitMs(error: unknown) {
  const asked = error instanceof TemporaryFailure ? error.details['retryAfterMs'] : undefined;
  return typeof asked === 'number' ? Math.min(asked, LONGEST_ASKED_MS) : 0;
}

async function leave({ claim, deps }: Failed) {
  deps.log.warn('lease.lost');
  await deps.runs.takeCrashBack(claim);
}

/** Nothing of the old verdicts is left behind: neither a file on the server nor tables, which no upload reads. */
async function screenAgain(failed: Failed, { checkedAt, maxAgeMinutes }: ScreeningExpired) {
  const { claim, deps, bell } = failed;
  await removeLeftover(failed);
  await deps.audience.drop(claim.runId).catch(() => deps.log.warn('tables.notDropped'));
  const next = await deps.runs.screenAgain(claim, checkedAt);
  if (!next) return end(failed, 'failed', screenedTooOften(maxAgeMinutes));
  deps.log.warn('screening.expired', { maxAgeMinutes });
  await ringAll(bell, [next]);
}

function screenedTooOften(maxAgeMinutes: number): StepError {
  const message =
    `each time that the contacts were screened, the verdicts were older than ${maxAgeMinutes} minutes before the upload could ` +
    'begin: see to it that the SFTP server answers and that runs do not wait for workers, or raise screeningMaxAgeMinutes; ' +
    `then ${RETRY_ADVICE}`;
  return { code: 'screeningExpired', message };
}

async function end({ claim, deps, bell }: Failed, status: 'failed' | 'canceled', error: StepError | null) {
  const decisionsTask = await deps.runs.endRun(claim, status, error);
  deps.log[status === 'failed' ? 'error' : 'info'](`run.${status}`, { code: error?.code });
  await sealLog(claim.run, deps);
  await ringAll(bell, await deps.places.fill(claim.run.companyId));
  await ringDecisions(deps, decisionsTask);
}

/** A failure that counts; without one the step is only early. */
type Counted = Pick<Postponement, 'error' | 'giveUp'>;

async function putOff({ claim, deps, bell }: Failed, delayMs: number, counted: Counted = {}) {
  const givePlaceBack = delayMs > LONGEST_WAIT_WITH_PLACE_MS;
  await deps.runs.postponeStep(claim, { delayMs, givePlaceBack, ...counted });
  if (!givePlaceBack) throw new NotReady(delayMs, counted.error?.message ?? 'not yet');
  await ringAll(bell, await deps.places.fill(claim.run.companyId));
}

/** An error as users may see it. What we did not throw ourselves says nothing in public but its code: it may quote data. */
function describe(error: unknown): StepError {
  if (error instanceof MusterError) return { code: error.code, message: error.message };
  const code = codeOf(error);
  return {
    code: 'unexpected',
    message: `an unexpected error${code ? ` (${code})` : ''}; the log of the worker says more`,
  };
}
