import { type Fault } from './errors.ts';
import { type Refusal } from './fields.ts';

/** Hours of the day, the end not included. */
export interface HourSpan {
  fromHour: number;
  toHour: number;
}

const MOST_SPANS = 24;
const LAST_WEEKDAY = 6; // Sunday: 0 is Monday

/** What is wrong with a list of spans of hours: `[{fromHour: 0..23, toHour: 1..24}]`, each from earlier to later. */
export function refuseTimesOfDay(value: unknown): Refusal | undefined {
  if (Array.isArray(value) && value.length > 0 && value.length <= MOST_SPANS && value.every(isSpan)) return undefined;
  const message =
    `must be a list of 1 to ${MOST_SPANS} of {"fromHour": 0..23, "toHour": 1..24}, from earlier to later; ` +
    'past midnight it is two: 21 to 24 and 0 to 8';
  return { code: 'notTimesOfDay', message };
}

/** What is wrong with a list of days of the week, 0 (Monday) to 6, each once. */
export function refuseDaysOfWeek(value: unknown): Refusal | undefined {
  const isFine =
    Array.isArray(value) && value.length > 0 && new Set(value).size === value.length && value.every(isWeekday);
  return isFine
    ? undefined
    : { code: 'notDaysOfWeek', message: 'must be a list of numbers 0 (Monday) to 6, each once' };
}

/** What is wrong between the two ends of a time: `to` must not lie before `from`. Absent ends are open. */
export function faultsOfOrder(from: Moment, to: Moment, field: string): Fault[] {
  if (from == null || to == null || from <= to) return [];
  return [{ field, code: 'endsBeforeStart', message: 'must not lie before the beginning' }];
}
type Moment = Date | string | null | undefined;

function isSpan(span: unknown): span is HourSpan {
  if (typeof span !== 'object' || span === null) return false;
  const { fromHour, toHour, ...others } = span as Record<string, unknown>;
  return isHour(fromHour) && isHour(toHour) && fromHour < toHour && Object.keys(others).length === 0;
}

function isHour(hour: unknown): hour is number {
  return Number.isInteger(hour) && (hour as number) >= 0 && (hour as number) <= 24;
}

function isWeekday(day: unknown) {
  return Number.isInteger(day) && (day as number) >= 0 && (day as number) <= LAST_WEEKDAY;
}
