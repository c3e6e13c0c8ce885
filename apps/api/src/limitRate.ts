import { type RequestHandler, type Response } from 'express';
import { type Caller } from '@muster/db/apiKeys';
import { callerOf } from './authenticate.ts';
import { minuteCounter } from './minuteCounter.ts';
import { tooMany, wholeSeconds } from './tooMany.ts';

/** What is counted, and how many of it a minute are let through. */
export interface RateLimit {
  /** For the answer: `requests of one API key`. */
  what: string;
  /** 0 is no limit: nothing is counted. */
  perMinute(caller: Caller): number;
  /** Those with the same name share a limit. */
  nameOf(caller: Caller): string;
}

/**
 * Lets so many a minute through and answers 429 to the rest, with `Retry-After`. It counts in memory, so that each process
 * of the API has a count of its own: with three copies, up to three times as much gets through.
 */
export function limitRate({ what, perMinute, nameOf }: RateLimit): RequestHandler {
  const counted = minuteCounter();
  return async (_req, res, next) => {
    const caller = callerOf(res);
    const limit = perMinute(caller);
    if (limit > 0) {
      const { consumedPoints, msBeforeNext: waitMs } = await counted.consume(nameOf(caller));
      showRate(res, { limit, used: consumedPoints, waitMs });
      if (consumedPoints > limit) throw tooMany({ what: `${what} per minute`, limit, waitMs });
    }
    next();
  };
}

/** Of several limits the one that is nearest. */
function showRate(res: Response, { limit, used, waitMs }: { limit: number; used: number; waitMs: number }) {
  const left = Math.max(0, limit - used);
  if (left > Number(res.get('RateLimit-Remaining') ?? Infinity)) return;
  res.set({
    'RateLimit-Limit': String(limit),
    'RateLimit-Remaining': String(left),
    'RateLimit-Reset': String(wholeSeconds(waitMs)),
  });
}
