import { IANAZone } from 'luxon';
import { calmOffset } from './calmOffset.ts';

/** A day of the calendar, `YYYY-MM-DD`, without time or zone. As text, such days sort in their order. */
export type CalendarDate = string;

const DAY_MS = 86_400_000;
const MOST_KNOWN = 10_000;
const following = new Map<CalendarDate, CalendarDate>(); // schedules walk from day to day, many over the same few days

/** The calendar date that a clock on the wall shows in a zone at an instant: "today", when the instant is now. */
export function dateIn(timeZone: string, instant: Date): CalendarDate {
  const utcMs = instant.getTime();
  const offsetMs = calmOffset(timeZone, isoDate(utcMs)) ?? IANAZone.create(timeZone).offset(utcMs) * 60_000;
  return isoDate(utcMs + offsetMs);
}

/** The date so many days later (or earlier, when negative). */
export function addDays(date: CalendarDate, days: number): CalendarDate {
  if (days !== 1) return isoDate(Date.parse(date) + days * DAY_MS);
  const known = following.get(date) ?? isoDate(Date.parse(date) + DAY_MS);
  if (following.size >= MOST_KNOWN) following.clear();
  following.set(date, known);
  return known;
}

/** The day of the week as crontab(5) counts it: 0 is Sunday, 6 is Saturday. */
export function weekdayOf(date: CalendarDate): number {
  return new Date(date).getUTCDay(); // a date without a time is read as UTC, so no zone of this machine plays in
}

function isoDate(utcMs: number): CalendarDate {
  return new Date(utcMs).toISOString().slice(0, 10);
}
