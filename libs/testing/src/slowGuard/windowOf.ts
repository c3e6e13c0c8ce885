import { type RulePack } from '@muster/core/rulePacks/rulePack';
import { momentOf } from './momentOf.ts';
import { zonesOf } from './placesOf.ts';
import { type SlowPerson, type SlowQuestion } from './slowWorld.ts';
import { instantOf, toldIn, wallIn } from './wallClock.ts';

/** The hours of the day in which all clocks of the contact are within all packs' hours; null where there are none. */
export function windowOf(
  person: SlowPerson,
  question: SlowQuestion,
  packs: readonly RulePack[],
): { callFrom: string | null; callUntil: string | null } {
  let from: { zone: string; at: number } | undefined;
  let until: { zone: string; at: number } | undefined;
  for (const zone of zonesOf(person, question)) {
    const wall = wallIn(zone, momentOf(question));
    if (!wall) return { callFrom: null, callUntil: null };
    for (const { hours } of packs) {
      const begins = instantOf(zone, wall.date, hours.from);
      const ends = instantOf(zone, wall.date, hours.until);
      // of clocks that agree, the one whose date is later to begin with, and the one whose date is earlier to end with
      if (!from || begins > from.at || (begins === from.at && isLater(zone, from.zone, begins))) {
        from = { zone, at: begins };
      }
      if (!until || ends < until.at || (ends === until.at && isLater(until.zone, zone, ends))) {
        until = { zone, at: ends };
      }
    }
  }
  if (!from || !until || from.at >= until.at) return { callFrom: null, callUntil: null };
  return { callFrom: toldIn(from.zone, from.at), callUntil: toldIn(until.zone, until.at) };
}

function isLater(zone: string, other: string, at: number) {
  return toldIn(zone, at) > toldIn(other, at);
}
