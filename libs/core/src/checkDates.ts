import { type Refusal } from './fields.ts';

const DAY = /^([1-9]\d{3})-(\d\d)-(\d\d)$/;
const INSTANT = /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/;
const LAST_DAY = '9999-12-31';

/** Whether a text is a day that the calendar has, `YYYY-MM-DD`, of the years 1000 to 9999. */
export function isCalendarDate(text: string): boolean {
  const [, year = 0, month = 0, day = 0] = DAY.exec(text)?.map(Number) ?? [];
  const found = new Date(Date.UTC(year, month - 1, day));
  return year > 0 && found.getUTCMonth() === month - 1 && found.getUTCDate() === day;
}

/** What is wrong with a text as a day of the calendar. */
export function refuseDate(text: string): Refusal | undefined {
  if (isCalendarDate(text)) return undefined;
  return { code: 'notADate', message: 'must be a day that the calendar has, YYYY-MM-DD' };
}

/** What is wrong with a text as a moment that can be stored: one that the calendar and the clock have, with its zone. */
export function refuseInstant(text: string): Refusal | undefined {
  const day = INSTANT.exec(text)?.[1];
  if (day !== undefined && isCalendarDate(day) && day < LAST_DAY) return undefined;
  return { code: 'notAnInstant', message: 'must be a date and time with its zone, such as 2026-03-08T05:00:00Z' };
}
