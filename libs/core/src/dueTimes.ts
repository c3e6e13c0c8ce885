import { addDays, type CalendarDate, dateIn } from './calendarDate.ts';
import { type Schedule, slotsAfter } from './dueSlots.ts';
import { localTime } from './localTime.ts';

/** A moment to come at which a campaign is due. */
export interface DueTime {
  dueDate: CalendarDate;
  dueAt: Date;
  /** The same moment on the wall, with its distance to UTC: `2026-03-08T06:41:52-04:00`. */
  localTime: string;
}

interface Wanted {
  count: number;
  now: Date;
  /** The date of the newest slot on record: a date is due once. */
  lastDueDate: CalendarDate | undefined;
}

const HORIZON_DAYS = 40 * 366; // even the rarest crontab comes within 40 years; a hundred of those take seconds to find

/** The next times at which a schedule is due: at most `count`, and of the next 40 years. */
export function dueTimes(schedule: Schedule, { count, now, lastDueDate = '' }: Wanted): DueTime[] {
  const times: DueTime[] = [];
  const dayBefore = addDays(dateIn(schedule.timeZone, now), -1); // windows lie within one day: it has gone by
  for (const { dueDate, dueAt } of slotsAfter(schedule, lastDueDate > dayBefore ? lastDueDate : dayBefore)) {
    if (times.length > 0 && dueDate > addDays(dayBefore, HORIZON_DAYS)) break;
    if (dueAt > now) times.push({ dueDate, dueAt, localTime: localTime(dueAt, schedule.timeZone) });
    if (times.length === count) break;
  }
  return times;
}
