import { codeOf, MusterError, TemporaryFailure } from '@muster/core/errors';
import { withDeadline } from './withDeadline.ts';

/** What may be said of a store's error: its code or the beginning of its words, on one line. */
export function textOf(error: unknown): string {
  if (error instanceof MusterError) return error.message;
  const { message } = (error ?? {}) as { message?: unknown };
  const words = typeof message === 'string' && message ? message : (codeOf(error) ?? 'no reason given');
  return words.replaceAll(/\s+/g, ' ').slice(0, 300);
}

/** Asks the store; no answer within `deadlineMs`, or a refusal, is a TemporaryFailure `queueUnavailable`. */
export async function askStore<Result>(deadlineMs: number, ask: () => Promise<Result>): Promise<Result> {
  try {
    return await withDeadline(ask(), deadlineMs);
  } catch (error) {
    throw unavailable(error);
  }
}

/** What to throw for a store's error. */
export function unavailable(error: unknown): MusterError {
  if (error instanceof MusterError) return error;
  return new TemporaryFailure('queueUnavailable', `the queue's store does not answer: ${textOf(error)}`);
}
