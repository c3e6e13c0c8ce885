import { IANAZone } from 'luxon';
import { type CalendarDate } from './calendarDate.ts';
import { calmOffset } from './calmOffset.ts';

const DAY_MS = 86_400_000;

/**
 * The instant at which a clock on the wall of a zone shows this date and second of the day.
 * Where a change of the clocks lets that time come twice, it is the first; where the change leaves it out, it is the
 * moment right after the gap (contract: campaigns, "Peachy crontab").
 *
 * luxon's own conversion is not used: for a time that comes twice its choice depends on the season it is asked in.
 */
export function localInstant(at: { date: CalendarDate; secondOfDay: number; timeZone: string }): Date {
  const wallMs = Date.parse(at.date) + at.secondOfDay * 1000;
  const calm = calmOffset(at.timeZone, at.date);
  if (calm !== undefined) return new Date(wallMs - calm);
  const zone = IANAZone.create(at.timeZone);
  const offsetAt = (utcMs: number) => zone.offset(utcMs) * 60_000;

  // Zones lie within -12 h and +14 h of UTC: a day to either side is surely before, and after, a change of that day.
  const before = offsetAt(wallMs - DAY_MS);
  const after = offsetAt(wallMs + DAY_MS);
  if (before === after) return new Date(wallMs - before);
  const [first] = [wallMs - before, wallMs - after]
    .filter((utcMs) => utcMs + offsetAt(utcMs) === wallMs)
    .sort((a, b) => a - b);
  return new Date(first ?? changeBetween(wallMs - after, wallMs - before, offsetAt));
}

/** The moment of the change of the clocks that lies between two moments, to the second. */
function changeBetween(fromMs: number, toMs: number, offsetAt: (utcMs: number) => number): number {
  const [low, high] = [fromMs / 1000, toMs / 1000];
  if (high - low <= 1) return toMs;
  const middleMs = Math.floor((low + high) / 2) * 1000;
  return offsetAt(middleMs) === offsetAt(toMs)
    ? changeBetween(fromMs, middleMs, offsetAt)
    : changeBetween(middleMs, toMs, offsetAt);
}
