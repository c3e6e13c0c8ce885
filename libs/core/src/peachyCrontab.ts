import { type CalendarDate, addDays, weekdayOf } from './calendarDate.ts';
import { type Fault, InvalidInput } from './errors.ts';
import { DAY_FIELDS, parseDayField } from './peachyDayField.ts';

/**
 * A Peachy crontab, read: on which days it fires. The time of day is not in it: `P` lets Peach decide.
 * The lists are sorted and hold each value once; Sunday is 0.
 */
export interface PeachyCrontab {
  /** As written, with single spaces. */
  text: string;
  daysOfMonth: readonly number[];
  months: readonly number[];
  daysOfWeek: readonly number[];
  /** Both day fields are restricted (neither contains `*`): a day fires when either matches, else both must. */
  eitherDay: boolean;
}

const EXAMPLE = 'P P * * 1-5';
const MAX_CHARACTERS = 500; // every value of every field written out takes under 200
const LONGEST_MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const LAST_DATE = '9999-12-31';

/** Reads a Peachy crontab, or throws InvalidInput for the field `schedule` with what to write instead. */
export function parsePeachyCrontab(text: string): PeachyCrontab {
  const fields = splitFields(text);
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = fields;
  const faults: Fault[] = [];
  const collect = <Result>(read: () => Result) => collectFaults(faults, read);
  collect(() => checkTime(minute, hour, fields));
  const daysOfMonth = collect(() => parseDayField(DAY_FIELDS.dayOfMonth, dayOfMonth)) ?? [];
  const months = collect(() => parseDayField(DAY_FIELDS.month, month)) ?? [];
  const daysOfWeek = collect(() => parseDayField(DAY_FIELDS.dayOfWeek, dayOfWeek)) ?? [];
  if (faults.length > 0) throw new InvalidInput(faults);

  const eitherDay = !dayOfMonth.includes('*') && !dayOfWeek.includes('*');
  const crontab = { text: fields.join(' '), daysOfMonth, months, daysOfWeek, eitherDay };
  if (!everFires(crontab)) refuse('neverComes', neverMessage(dayOfMonth, month));
  return crontab;
}

/** Whether the crontab fires on this day. */
export function firesOn(crontab: PeachyCrontab, date: CalendarDate): boolean {
  if (!crontab.months.includes(Number(date.slice(5, 7)))) return false;
  const byMonthDay = crontab.daysOfMonth.includes(Number(date.slice(8)));
  const byWeekday = crontab.daysOfWeek.includes(weekdayOf(date));
  return crontab.eitherDay ? byMonthDay || byWeekday : byMonthDay && byWeekday;
}

/** The first day after `after` on which the crontab fires; none beyond the year 9999. */
export function nextDate(crontab: PeachyCrontab, after: CalendarDate): CalendarDate | undefined {
  let date = after;
  // Months that are not meant are skipped whole. The rarest crontab (29 February on one weekday) comes within 40 years.
  while (date < LAST_DATE) {
    date = addDays(date, 1);
    if (firesOn(crontab, date)) return date;
    if (!crontab.months.includes(Number(date.slice(5, 7)))) date = lastOfMonth(date);
  }
  return undefined;
}

function splitFields(text: string): string[] {
  if (text.length > MAX_CHARACTERS) {
    refuse(
      'tooLong',
      `has ${text.length} characters and may have ${MAX_CHARACTERS}; write ranges, for instance ${EXAMPLE}`,
    );
  }
  if (/[^\S \t]/.test(text)) {
    refuse('strangeBlank', `holds a line break, or a blank that is no plain space; write it in one line: ${EXAMPLE}`);
  }
  const fields = text.split(/[ \t]+/).filter((field) => field !== '');
  if (fields.length === 0) {
    refuse('empty', `is empty; write five fields, for instance ${EXAMPLE}, or null to start the campaign by hand only`);
  }
  if (text.trimStart().startsWith('@')) {
    refuse('nickname', 'nicknames such as @daily are not taken; write the five fields, every day is P P * * *');
  }
  if (fields.length !== 5) {
    refuse(
      'fieldCount',
      `has ${fields.length} field${fields.length === 1 ? '' : 's'} and needs five, without seconds, year or command: ` +
        `minute, hour, day of month, month, day of week; for instance ${EXAMPLE}`,
    );
  }
  return fields;
}

function checkTime(minute: string, hour: string, fields: string[]): void {
  if (minute === 'P' && hour === 'P') return;
  const write = `write P P ${fields.slice(2).join(' ').slice(0, 60)}`;
  if (/^p$/i.test(minute) && /^p$/i.test(hour)) refuse('lowerCaseP', `P is a capital letter; ${write}`);
  refuse(
    'fixedTime',
    `minute and hour must both be P: Peach decides the time within the company's dispatch window; ${write}`,
  );
}

// Reads on after a refusal, so that all faulty fields come back at once.
function collectFaults<Result>(faults: Fault[], read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    faults.push(...error.faults);
    return undefined;
  }
}

// In 400 years every day of the year, 29 February included, falls on every weekday: only month and day can contradict.
function everFires({ eitherDay, months, daysOfMonth }: PeachyCrontab): boolean {
  return eitherDay || months.some((month) => daysOfMonth.some((day) => day <= (LONGEST_MONTH_DAYS[month - 1] ?? 0)));
}

function neverMessage(dayOfMonth: string, month: string): string {
  return (
    `this date never comes: no month of "${month.slice(0, 40)}" has a day "${dayOfMonth.slice(0, 40)}"; ` +
    'write a day that the month has, for instance P P 28 2 *'
  );
}

function lastOfMonth(date: CalendarDate): CalendarDate {
  const [year = 0, month = 0] = date.split('-').map(Number);
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}

function refuse(code: string, message: string): never {
  throw new InvalidInput([{ field: 'schedule', code, message }]);
}
