const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

// As Standard Webhooks recommends, ended after a day: whoever was not reached by then finds the alert in the list.
const DELAYS_MS = [...[5_000, 5 * MINUTE_MS, 30 * MINUTE_MS], ...[2 * HOUR_MS, 4 * HOUR_MS, 7 * HOUR_MS, 10 * HOUR_MS]];
const JITTER = 0.1;

/**
 * The wait after so many tries at a webhook, in milliseconds, a tenth more or less; undefined: it was tried for a day.
 * `chance` is from 0 to 1.
 */
export function webhookDelay(tries: number, chance: number = Math.random()): number | undefined {
  const delay = DELAYS_MS[tries - 1];
  return delay === undefined ? undefined : Math.round(delay * (1 + JITTER * (2 * chance - 1)));
}
