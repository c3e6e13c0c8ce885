import { Refused } from './refused.ts';

export interface Exceeded {
  what: string;
  limit: number;
  waitMs: number;
}

/** The 429 for whoever has done too much of something, with the seconds to wait. */
export function tooMany({ what, limit, waitMs }: Exceeded): Refused {
  return new Refused(429, {
    code: 'tooManyRequests',
    message: `too many ${what}: at most ${limit}`,
    headers: { 'Retry-After': String(wholeSeconds(waitMs)) },
  });
}

/** At least one, so that whoever waits for it has waited. */
export function wholeSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}
