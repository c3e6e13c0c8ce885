import { DelayedError, UnrecoverableError, WaitingError, type Job } from 'bullmq';
import { InvalidInput, MusterError, NotReady, verdictOn } from '@muster/core/errors';
import { type StepJob, type StepName } from '@muster/pipeline/run';
import { type ReportTrouble } from './queueTrouble.ts';

/** Payloads of other versions are left to the workers that know them: whoever raises it still has to read the one before. */
export const PAYLOAD_VERSION = 1;
const OTHER_VERSION_DELAY_MS = 30_000;
const ID = /^[A-Za-z0-9_-]{1,64}$/;

export type ProcessJob = (job: Job<unknown, void>, token?: string, signal?: AbortSignal) => Promise<void>;

export interface RunWorker {
  /** Works on a job's payload. */
  process: (payload: unknown, signal: AbortSignal) => Promise<void>;
  /** Whether no further job shall be taken. */
  isPaused: () => boolean;
  /** Told of errors that nobody threw on purpose. */
  onBug: ReportTrouble;
}

/** Turns a job into a call, and what is thrown into what BullMQ shall do next. */
export function runWorker({ process, isPaused, onBug }: RunWorker): ProcessJob {
  return async (job, token, signal = new AbortController().signal) => {
    if (isPaused()) {
      await job.moveToWait(token); // it was on its way when we paused
      throw new WaitingError();
    }
    try {
      await process(job.data, signal);
    } catch (error) {
      throw await nextFor(error, { job, token, onBug });
    }
  };
}

interface Failed {
  job: Job<unknown, void>;
  token: string | undefined;
  onBug: ReportTrouble;
}

async function nextFor(error: unknown, { job, token, onBug }: Failed) {
  switch (verdictOn(error)) {
    case 'later':
      await job.moveToDelayed(Date.now() + (error as NotReady).retryAfterMs, token);
      return new DelayedError(); // no attempt counted
    case 'stop':
      return withoutStack(new UnrecoverableError(wordsOf(error)));
    case 'retry':
      if (!(error instanceof MusterError))
        onBug({ reason: 'jobFailed', message: `job ${job.id ?? ''}: ${wordsOf(error)}`, queue: job.queueName });
      return withoutStack(new Error(wordsOf(error)), error);
  }
}

// What lies in the queue is shown on the dashboard: our own words, or of a bug no more than its kind and place.
function wordsOf(error: unknown) {
  if (error instanceof MusterError) return `${error.code}: ${error.message}`;
  const kind = error instanceof Object ? error.constructor.name : typeof error;
  return `unexpected ${kind}${placeOf(error)}`;
}

function placeOf(error: unknown) {
  const [first] = framesOf(error);
  return first ? ` ${first.trim()}` : '';
}

function framesOf(error: unknown): string[] {
  const stack = (error as { stack?: unknown } | null)?.stack;
  return typeof stack === 'string' ? stack.split('\n').filter((line) => /^ +at .*:\d+:\d+\)?$/.test(line)) : [];
}

function withoutStack<E extends Error>(clean: E, original?: unknown): E {
  clean.stack = [clean.message, ...framesOf(original)].join('\n');
  return clean;
}

/** The job that a payload of a step's queue stands for. */
export function stepJobOf(payload: unknown, step: StepName): StepJob {
  const { runId, step: named } = fieldsOf(payload);
  if (named !== step) throw badPayload('step', `must be ${step}`);
  return { runId: idOf(runId, 'runId'), step };
}

/** The campaign that a payload of the schedules' queue stands for. */
export function campaignIdOf(payload: unknown): string {
  return idOf(fieldsOf(payload)['campaignId'], 'campaignId');
}

/** The task that a payload of a queue of tasks stands for. */
export function taskIdOf(payload: unknown): string {
  return idOf(fieldsOf(payload)['taskId'], 'taskId');
}

function fieldsOf(payload: unknown): Record<string, unknown> {
  if (typeof payload !== 'object' || payload === null) throw badPayload('', 'must be an object');
  const fields = payload as Record<string, unknown>;
  if (fields['v'] === PAYLOAD_VERSION) return fields;
  if (Number.isInteger(fields['v'])) throw new NotReady(OTHER_VERSION_DELAY_MS, 'a job for another version of Muster');
  throw badPayload('v', `must be ${PAYLOAD_VERSION}`);
}

function idOf(value: unknown, field: string) {
  if (typeof value !== 'string' || !ID.test(value)) throw badPayload(field, 'must be an id');
  return value;
}

function badPayload(field: string, message: string) {
  return new InvalidInput([{ field, code: 'badPayload', message }]);
}
