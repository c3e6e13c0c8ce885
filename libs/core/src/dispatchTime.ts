import { createHash } from 'node:crypto';
import { type CalendarDate } from './calendarDate.ts';
import { localInstant } from './localInstant.ts';
import { type PeachyCrontab } from './peachyCrontab.ts';
import { secondOf } from './timeOfDay.ts';

/** A part of each day by the clock on the wall, `HH:MM` to `HH:MM`, the end not included. */
export interface DailyWindow {
  from: string;
  to: string;
}

/** What decides at which time of day a campaign's `P P` falls. */
export interface DispatchRule {
  campaignId: string;
  window: DailyWindow;
  /** The company's zone, an IANA name. */
  timeZone: string;
}

/** The moment, to the second, at which a campaign is due on a date of its company's calendar. */
export function dispatchAt({ campaignId, window, timeZone, date }: DispatchRule & { date: CalendarDate }): Date {
  return localInstant({ date, secondOfDay: dispatchSecond(campaignId, window), timeZone });
}

/**
 * The crontab in the six fields of a BullMQ job scheduler, the time in the company's zone. It fires on every day that
 * the crontab does, and on some others where six fields cannot say it: it only rings, the slots decide.
 */
export function sixFieldPattern(crontab: PeachyCrontab, { campaignId, window }: DispatchRule): string {
  const second = dispatchSecond(campaignId, window);
  const time = `${second % 60} ${Math.floor(second / 60) % 60} ${Math.floor(second / 3600)}`;
  const months = field(crontab.months, 12);
  const { dayOfMonth, dayOfWeek } = sixFieldDays(crontab);
  return `${time} ${dayOfMonth} ${months} ${dayOfWeek}`;
}

/**
 * The second of the day: the window's start plus a stable number made of the campaign's id, modulo the window's length.
 * Nothing is stored, so this must never change: the number is the first six bytes of the SHA-256 of the id, big-endian.
 */
function dispatchSecond(campaignId: string, { from, to }: DailyWindow): number {
  return secondOf(from) + (stableNumber(campaignId) % (secondOf(to) - secondOf(from)));
}

let lastAsked = { campaignId: '', number: NaN }; // whoever plans a campaign asks about it several times in a row

function stableNumber(campaignId: string): number {
  if (lastAsked.campaignId !== campaignId) {
    lastAsked = { campaignId, number: createHash('sha256').update(campaignId).digest().readUIntBE(0, 6) };
  }
  return lastAsked.number;
}

// cron-parser takes a list that holds every value for `*`, applies "either day" to whatever is not `*`, and refuses a
// day that the month does not have. So the days are put in the one form that it reads as we do.
function sixFieldDays(crontab: PeachyCrontab): { dayOfMonth: string; dayOfWeek: string } {
  const { eitherDay, months, daysOfMonth, daysOfWeek } = crontab;
  const longest = months.some((month) => month !== 2) ? (months.some(hasDay31) ? 31 : 30) : 29;
  const monthDays = daysOfMonth.filter((day) => day <= longest);
  const dayOfMonth = field(monthDays, 31);
  const dayOfWeek = field(daysOfWeek, 7);
  if (eitherDay) {
    if (monthDays.length === 0) return { dayOfMonth: '*', dayOfWeek };
    const isEveryDay = dayOfMonth === '*' || dayOfWeek === '*';
    return isEveryDay ? { dayOfMonth: '*', dayOfWeek: '*' } : { dayOfMonth, dayOfWeek };
  }
  if (dayOfMonth === '*' || dayOfWeek === '*') return { dayOfMonth, dayOfWeek };
  // Both must match, which six fields cannot say: ring on the rarer one.
  const isMonthDayRarer = monthDays.length / 30 < daysOfWeek.length / 7;
  return isMonthDayRarer ? { dayOfMonth, dayOfWeek: '*' } : { dayOfMonth: '*', dayOfWeek };
}

const hasDay31 = (month: number): boolean => ![2, 4, 6, 9, 11].includes(month);

function field(values: readonly number[], every: number): string {
  return values.length === every ? '*' : values.join(',');
}
