import { IANAZone } from 'luxon';

const DAY_MS = 86_400_000;
const MOST_KNOWN = 10_000;
const known = new Map<string, number | undefined>(); // to ask takes 10 µs, and 100,000 campaigns ask about the same few days

/**
 * How far a zone is ahead of UTC on a date and the days beside it, in milliseconds; undefined where its clocks change then.
 * The zone must be one that exists, the date one of the calendar.
 */
export function calmOffset(timeZone: string, date: string): number | undefined {
  const name = `${timeZone} ${date}`;
  if (known.has(name)) return known.get(name);
  const offset = ask(timeZone, Date.parse(date));
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(name, offset);
  return offset;
}

function ask(timeZone: string, midnightMs: number): number | undefined {
  const zone = IANAZone.create(timeZone);
  const [first = NaN, ...others] = [-1, 0, 1, 2].map((days) => zone.offset(midnightMs + days * DAY_MS));
  return others.every((offset) => offset === first) ? first * 60_000 : undefined;
}
