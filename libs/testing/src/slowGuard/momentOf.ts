import { type SlowQuestion } from './slowWorld.ts';
import { instantOf, wallIn } from './wallClock.ts';

/** The moment at which hours are judged (ms): now, or noon of the company's day. */
export function momentOf({ atNoon, companyZone, now }: SlowQuestion): number {
  if (!atNoon) return now.getTime();
  return instantOf(companyZone, wallIn(companyZone, now.getTime())?.date ?? '', 12);
}
