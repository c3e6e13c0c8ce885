import { addDays, type CalendarDate, dateIn } from './calendarDate.ts';
import { dispatchAt, type DispatchRule } from './dispatchTime.ts';
import { localInstant } from './localInstant.ts';
import { firesOn, nextDate, type PeachyCrontab } from './peachyCrontab.ts';
import { secondOf } from './timeOfDay.ts';

/** A campaign's schedule: on which days, at which time, how late still, and since when this has been so. */
export interface Schedule extends DispatchRule {
  crontab: PeachyCrontab;
  /** `HH:MM` local: until then a slot of that day is run, however late. */
  catchUpUntil: string;
  /** When schedule, window or zone last changed: what lies before was never due. */
  setAt: Date;
}

/** One date on which a campaign is due: one slot, whatever happens on that date. */
export interface Slot {
  dueDate: CalendarDate;
  dueAt: Date;
}

/** A slot that has come: to be run, now or late, or to be recorded as missed. */
export interface DueSlot extends Slot {
  kind: 'run' | 'missed';
}

/** What a campaign owes at a moment, and when to look again. */
export interface SlotPlan {
  slots: DueSlot[];
  /** In the past when there was more than one plan takes: look again at once. None: never again. */
  nextDueAt: Date | undefined;
}

/** Work is bounded: a year of daily slots at a time. After ten years away ten plans in a row record every one of them. */
const MOST_SLOTS = 366;

/** What the plan is made for: the date of the newest slot on record, where there is one, and the present. */
export interface SlotsSoFar {
  lastDueDate: CalendarDate | undefined;
  now: Date;
}

/**
 * The slots that have come since the last one on record, oldest first. A slot runs while its own day is before the
 * company's cut-off; windows lie within one day, so at most one of them runs: never two catch-ups. It only ever walks
 * forward, since going back over a change of the clocks is where cron libraries lose or repeat a day.
 */
export function planSlots(schedule: Schedule, { lastDueDate, now }: SlotsSoFar): SlotPlan {
  const slots: DueSlot[] = [];
  for (const slot of slotsAfter(schedule, lastDueDate)) {
    if (slot.dueAt > now || slots.length === MOST_SLOTS) return { slots, nextDueAt: slot.dueAt };
    slots.push({ ...slot, kind: now < cutOffAt(schedule, slot.dueDate) ? 'run' : 'missed' });
  }
  return { slots, nextDueAt: undefined };
}

/** The slots of a schedule, in order, without end: those of the dates after `lastDueDate` that it was set for. */
export function* slotsAfter(schedule: Schedule, lastDueDate: CalendarDate | undefined): Generator<Slot> {
  const dayBefore = addDays(dateIn(schedule.timeZone, schedule.setAt), -1);
  let date: CalendarDate | undefined = lastDueDate !== undefined && lastDueDate > dayBefore ? lastDueDate : dayBefore;
  while ((date = nextDate(schedule.crontab, date)) !== undefined) {
    const dueAt = dispatchAt({ ...schedule, date });
    if (dueAt >= schedule.setAt) yield { dueDate: date, dueAt };
  }
}

/** The moment from which a slot of this date is no longer run: the company's cut-off on that date. */
export function cutOffAt(
  { catchUpUntil, timeZone }: Pick<Schedule, 'catchUpUntil' | 'timeZone'>,
  date: CalendarDate,
): Date {
  return localInstant({ date, secondOfDay: secondOf(catchUpUntil), timeZone });
}

/**
 * The slots that a change of the schedule moves into the past: to come by the old one, gone by when the new one was set.
 * They are recorded as skipped. What was due by the old one must be on record before.
 */
export function slotsMovedIntoPast(old: Schedule, changed: Schedule, lastDueDate: CalendarDate | undefined): Slot[] {
  const moved: Slot[] = [];
  // A change of zone moves a slot by a day or so at most; no later date of the old schedule can lie in the past.
  const lastDate = addDays(dateIn(changed.timeZone, changed.setAt), 1);
  for (const slot of slotsAfter(old, lastDueDate)) {
    if (slot.dueDate > lastDate) break;
    if (slot.dueAt <= changed.setAt || !firesOn(changed.crontab, slot.dueDate)) continue;
    const dueAt = dispatchAt({ ...changed, date: slot.dueDate });
    if (dueAt < changed.setAt) moved.push({ ...slot, dueAt });
  }
  return moved;
}
