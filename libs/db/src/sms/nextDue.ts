import { type CalendarDate } from '@muster/core/calendarDate';
import { localInstant } from '@muster/core/localInstant';
import { nextDueDate } from '@muster/messaging/nextDueDate';
import { resolveSchedule } from '@muster/messaging/resolveSchedule';
import { type ScheduleFields } from '@muster/messaging/smsCampaign';

const CHARGED_AT_S = 10 * 3_600; // not in the night: a charge is a text, too

interface Since {
  /** When the subscription began. */
  start: CalendarDate;
  after: CalendarDate;
  /** The organisation's. */
  timeZone: string;
}

/** When a subscription is due next: the day by the organisation's calendar, and the moment of it, ten o'clock there. */
export function nextDue(
  fields: ScheduleFields,
  { start, after, timeZone }: Since,
): { date: CalendarDate; at: Date } | undefined {
  const date = nextDueDate(resolveSchedule(fields), { start, after });
  return date === undefined ? undefined : { date, at: chargeMoment(date, timeZone) };
}

/** The moment of a day from which on its charges are made. */
export function chargeMoment(date: CalendarDate, timeZone: string): Date {
  return localInstant({ date, secondOfDay: CHARGED_AT_S, timeZone });
}
