const FIRST_MS = 10_000;
const STEP_MS = 1_800_000;
const RETRIES = 10;

/**
 * The wait after so many tries at a post, in milliseconds: 10 s, then 1,800, 3,600 and on to 16,200 s (contract: sms-inbound,
 * "Inbound handling"); undefined: it was tried often enough.
 */
export function postDelay(tries: number): number | undefined {
  if (tries > RETRIES) return undefined;
  return tries === 1 ? FIRST_MS : (tries - 1) * STEP_MS;
}
