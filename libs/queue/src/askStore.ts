import { MusterError, TemporaryFailure } from '@muster/core/errors';
import { storeTrouble } from './queueTrouble.ts';
import { withDeadline } from './withDeadline.ts';

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
  const { reason, message } = storeTrouble(error);
  return new TemporaryFailure('queueUnavailable', message, { details: { reason }, cause: error });
}
