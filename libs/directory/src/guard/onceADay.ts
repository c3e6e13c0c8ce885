import { dateIn } from '@muster/core/calendarDate';
import { type Asked } from './asked.ts';

const MOST_KNOWN = 50; // of 100 kB at most

/**
 * What is the same for all runs of a company's day, told once: the clocks of all zones take 50 ms, and ten times that where
 * the engine has never looked at them. A single question asks about few, and at moments of its own: it is told anew.
 */
export function onceADay<T>(
  known: Map<string, T>,
  asked: Pick<Asked, 'atNoon' | 'now' | 'timeZone' | 'places'>,
  { key, tell }: { key: string; tell: () => T },
): T {
  if (!asked.atNoon || asked.places) return tell();
  const ofDay = `${asked.timeZone} ${dateIn(asked.timeZone, asked.now)} ${key}`;
  const found = known.get(ofDay);
  if (found !== undefined) return found;
  if (known.size >= MOST_KNOWN) known.clear();
  const told = tell();
  known.set(ofDay, told);
  return told;
}
