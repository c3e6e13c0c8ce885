import { RateLimiterMemory } from 'rate-limiter-flexible';

/** Counts by the minute, in memory, and never refuses by itself: the limit may be each caller's own. */
export function minuteCounter(): RateLimiterMemory {
  return new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: 60 });
}
