import { MusterError, PermanentFailure } from '@muster/core/errors';

const LONGEST_ASKED_MS = 12 * 60 * 60_000;

/**
 * The wait in milliseconds before a webhook that has failed is tried again: ours, or a longer one that its receiver has asked
 * for. Undefined: it is given up, for it was tried often enough (`delayMs` is undefined), or wants no more.
 */
export function nextTryAfter(error: unknown, delayMs: number | undefined): number | undefined {
  if (error instanceof PermanentFailure && error.code === 'webhookGone') return undefined;
  const asked = error instanceof MusterError ? error.details['retryAfterMs'] : undefined;
  if (delayMs === undefined || typeof asked !== 'number') return delayMs;
  return Math.max(delayMs, Math.min(asked, LONGEST_ASKED_MS));
}

/** What may be said of a failure. What we did not throw ourselves says nothing: it may quote the address or the secret. */
export function toldOf(error: unknown): { code: string; message: string } {
  return error instanceof MusterError ? error : { code: 'unexpected', message: 'an unexpected error' };
}
