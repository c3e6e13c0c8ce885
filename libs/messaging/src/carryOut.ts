import { codeOf, MusterError, verdictOn } from '@muster/core/errors';
import { type Log } from '@muster/core/log';
import { type LeaseTimes } from '@muster/pipeline/holdLease';
import { keepAlive, WorkerStopping } from '@muster/pipeline/keepAlive';
import { retryDelay } from '@muster/pipeline/retryDelay';
import { LeaseLost } from './leaseLost.ts';

/** Work that was taken with a lease. Each write throws LeaseLost once another attempt has it. */
export interface TakenWork {
  /** What it is: begins the names of its events. */
  name: 'message' | 'text' | 'charge';
  tries: number;
  failingForMs: number;
  /** The wait in milliseconds after so many failures; as steps of runs wait where absent. */
  delayAfter?(failures: number): number;
  perform(signal: AbortSignal): Promise<void>;
  /** The heartbeat; gives why the work must stop, if it must. */
  renew(): Promise<LeaseLost | undefined>;
  postpone(delayMs: number): Promise<void>;
  giveUp(error: { code: string; message: string }): Promise<void>;
  /** Gives it back uncounted. */
  release(): Promise<void>;
  /** Its lease was lost, and it lives: what its successor has counted was no crash. */
  takeCrashBack(): Promise<void>;
}

interface Means {
  log: Log;
  times: LeaseTimes;
}

/** For how long work whose gateway is away is tried again, since its first failure: a charge of the day before surprises. */
const GIVE_UP_AFTER_MS = 24 * 3_600_000;

/**
 * Carries out what was taken while its lease is kept alive, and writes down what comes of a failure. Throws only where nothing
 * could be recorded: then its lease runs out.
 */
export async function carryOut(work: TakenWork, { log, times }: Means, stop: AbortSignal): Promise<void> {
  const hold = keepAlive({ beat: () => work.renew(), everyMs: times.heartbeatMs, log }, stop);
  try {
    await work.perform(hold.signal);
    log.info(`${work.name}.settled`);
  } catch (error) {
    await settleFailure(hold.signal.aborted ? hold.signal.reason : error, work, log);
  } finally {
    hold.end();
  }
}

async function settleFailure(error: unknown, work: TakenWork, log: Log): Promise<void> {
  try {
    await record(error, work, log);
  } catch (late) {
    if (!(late instanceof LeaseLost)) throw late;
    log.warn(`${work.name}.lost`);
    await work.takeCrashBack();
  }
}

/** Writes down what comes of a failure. Throws LeaseLost when that is no longer ours to say. */
async function record(error: unknown, work: TakenWork, log: Log): Promise<void> {
  if (error instanceof LeaseLost) throw error;
  if (error instanceof WorkerStopping) return work.release();
  const isOurs = error instanceof MusterError;
  const code = isOurs ? error.code : (codeOf(error) ?? 'unexpected');
  log[isOurs ? 'warn' : 'error'](`${work.name}.failed`, { code }, isOurs ? undefined : error);
  if (verdictOn(error) !== 'stop' && work.failingForMs < GIVE_UP_AFTER_MS)
    return work.postpone((work.delayAfter ?? retryDelay)(work.tries - 1));
  const message = isOurs ? error.message : 'an unexpected error: the log of the worker says more';
  log.error(`${work.name}.givenUp`, { code });
  return work.giveUp({ code, message });
}
