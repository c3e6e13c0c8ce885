import { codeOf, MusterError, NotReady, verdictOn } from '@muster/core/errors';
import { type Log } from '@muster/core/log';
import { type LeaseTimes } from './holdLease.ts';
import { WorkerStopping } from './keepAlive.ts';
import { holdTask, TaskAbandoned } from './holdTask.ts';
import { retryDelay } from './retryDelay.ts';
import { MOST_TRIES, type TaskClaim, type TaskError, type TaskKind, TaskLost, type Tasks } from './tasks.ts';

/** What is done for a task of some kind. */
export interface TaskWork {
  /** Gives the task's result; `recorded`: it is committed already, together with the effect. */
  work(claim: TaskClaim, doing: TaskDoing): Promise<Record<string, unknown> | 'recorded'>;
  /** Called when the task has ended, however it did. What it throws is let go: tidying does it again. */
  end?(claim: TaskClaim, outcome: 'succeeded' | 'failed'): Promise<void>;
  /** Whether a failure that may pass is worth another try: nobody sits and waits. */
  triesAgain?: boolean;
}

export interface TaskDoing {
  /** Says stop, with the reason: lease lost, nobody waits any longer, the worker must go. */
  signal: AbortSignal;
  /** Tells how far it has come. */
  note(progress: Record<string, unknown>): Promise<void>;
}

export interface TaskDeps {
  tasks: Tasks;
  works: Record<TaskKind, TaskWork>;
  log: Log;
  times: LeaseTimes;
}

/** Does a claimed task and records how it ended. Throws only where that could not be recorded: then its lease runs out. */
export async function executeTask(claim: TaskClaim, deps: TaskDeps, stop: AbortSignal): Promise<void> {
  const { taskId, kind, companyId, attempt, requestId } = claim;
  const bound = { ...deps, log: deps.log.child({ taskId, kind, companyId, attempt, requestId }) };
  const hold = holdTask(claim, bound, stop);
  try {
    bound.log.info('task.started');
    const startedMs = performance.now();
    const doing = { signal: hold.signal, note: (progress: object) => deps.tasks.note(claim, { ...progress }) };
    const result = await deps.works[kind].work(claim, doing);
    if (result !== 'recorded') {
      hold.signal.throwIfAborted();
      await deps.tasks.succeed(claim, result);
    }
    bound.log.info('task.succeeded', { durationMs: Math.round(performance.now() - startedMs) });
    await end(claim, bound, 'succeeded');
  } catch (error) {
    await settle(hold.signal.aborted ? hold.signal.reason : error, claim, bound);
  } finally {
    hold.end();
  }
}

async function settle(error: unknown, claim: TaskClaim, deps: TaskDeps): Promise<void> {
  try {
    await record(error, claim, deps);
  } catch (late) {
    if (!(late instanceof TaskLost)) throw late;
    deps.log.warn('task.lost');
  }
}

/** Writes down what comes of a failure. Throws TaskLost when that is no longer ours to say. */
async function record(error: unknown, claim: TaskClaim, deps: TaskDeps): Promise<void> {
  const { tasks, works, log } = deps;
  if (error instanceof TaskLost) throw error;
  if (error instanceof WorkerStopping) await tasks.release(claim);
  else if (error instanceof NotReady) await tasks.release(claim, error.retryAfterMs);
  else if (error instanceof TaskAbandoned) {
    log.info('task.abandoned');
    await fail(claim, deps, { code: 'abandoned', message: error.message });
  } else {
    const told = describe(error);
    const mayPass = verdictOn(error) !== 'stop';
    const unexpected = !(error instanceof MusterError);
    log[unexpected ? 'error' : 'warn']('task.failed', { code: told.code }, unexpected ? error : undefined);
    const again = mayPass && works[claim.kind].triesAgain === true && claim.tries < MOST_TRIES;
    if (again) await tasks.postpone(claim, retryDelay(claim.tries - 1), told);
    else await fail(claim, deps, { ...told, mayPass });
  }
}

async function fail(claim: TaskClaim, deps: TaskDeps, error: TaskError) {
  await deps.tasks.fail(claim, error);
  await end(claim, deps, 'failed');
}

async function end(claim: TaskClaim, { works, log }: TaskDeps, outcome: 'succeeded' | 'failed') {
  await works[claim.kind].end?.(claim, outcome).catch((error: unknown) => {
    log.warn('task.notTidied', { code: codeOf(error) ?? null });
  });
}

/** An error as users may see it. What we did not throw ourselves says nothing in public but its code: it may quote data. */
function describe(error: unknown): TaskError {
  if (error instanceof MusterError) return { code: error.code, message: error.message };
  const code = codeOf(error);
  const message = `an unexpected error${code ? ` (${code})` : ''}; the log of the worker says more`;
  return { code: 'unexpected', message };
}
