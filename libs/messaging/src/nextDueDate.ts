import { type CalendarDate } from '@muster/core/calendarDate';
import { calendarUnits, dateOf, dayOf, type UnitArithmetic } from './calendarUnits.ts';
import { type Schedule } from './resolveSchedule.ts';

const LAST_DAY = dayOf('9999-12-31');

/**
 * The first date on which a schedule is due strictly after a date; none where it never comes again, up to the year 9999
 * (contract: sms-inbound, "Due dates"). `start` is the day of the sign-up: the anchor is the first unit from its unit on that
 * has the schedule's ordinal, and units count from there in both directions. All dates are the organisation's.
 */
export function nextDueDate(
  schedule: Schedule,
  { start, after }: { start: CalendarDate; after: CalendarDate },
): CalendarDate | undefined {
  // a distance that is none never comes; nor does it keep a loop busy
  if (!Number.isInteger(schedule.everyOther) || schedule.everyOther < 1) return undefined;
  const units = calendarUnits[schedule.unit];
  const [startDay, afterDay] = [dayOf(start), dayOf(after)];
  const startUnit = units.indexOf(startDay);
  const anchor = schedule.baseTier === null ? startUnit : nextSelected(units, startUnit, [schedule.baseTier]);
  if (anchor === undefined) return undefined;

  const counted = { units, anchor, everyOther: schedule.everyOther, selectedSet: schedule.selectedSet };
  const fixedDay = schedule.fixedDay ?? startDay - units.firstDayOf(startUnit) + 1;
  const first = nextQualified(counted, units.indexOf(afterDay));
  const day = first === undefined ? undefined : dayWithin(units, first, fixedDay);
  if (first === undefined || day === undefined) return undefined;
  if (day > afterDay) return dateOf(day);
  const second = nextQualified(counted, first + 1); // any later unit lies after the date as a whole
  return second === undefined ? undefined : dateOf(dayWithin(units, second, fixedDay));
}

interface Counted extends Pick<Schedule, 'everyOther' | 'selectedSet'> {
  units: UnitArithmetic;
  anchor: number;
}

/**
 * The first unit from `from` on that is a multiple of the distance away from the anchor, and selected. Both run ahead in turn,
 * each to its first unit that is not before the other's: never more steps than the sparser of the two has units until then.
 * What never comes is given up at the end of the calendar, within 2 ms; it is refused where a campaign is made.
 */
function nextQualified({ units, anchor, everyOther, selectedSet }: Counted, from: number): number | undefined {
  const align = (index: number) => anchor + Math.ceil((index - anchor) / everyOther) * everyOther;
  let index = align(from);
  if (selectedSet.length === 0) return index;
  while (units.firstDayOf(index) <= LAST_DAY) {
    const selected = nextSelected(units, index, selectedSet);
    if (selected === index || selected === undefined) return selected;
    index = align(selected);
  }
  return undefined;
}

/** The first unit from `from` on whose ordinal is selected. Few runs are asked: the rarest, day 366, comes within 8 years. */
function nextSelected(units: UnitArithmetic, from: number, selectedSet: readonly number[]): number | undefined {
  for (let index = from; units.firstDayOf(index) <= LAST_DAY;) {
    const { first, count } = units.runOf(index);
    const ordinal = lowestFrom(selectedSet, index - first + 1);
    if (ordinal <= count) return first + ordinal - 1;
    index = first + count;
  }
  return undefined;
}

/** The lowest ordinal of an ascending set that is at least `least`; Infinity: there is none. */
function lowestFrom(selectedSet: readonly number[], least: number): number {
  let [low, high] = [0, selectedSet.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((selectedSet[middle] ?? Infinity) < least) low = middle + 1;
    else high = middle;
  }
  return selectedSet[low] ?? Infinity;
}

function dayWithin(units: UnitArithmetic, index: number, fixedDay: number): number {
  return Math.min(units.firstDayOf(index) + fixedDay - 1, units.firstDayOf(index + 1) - 1);
}
