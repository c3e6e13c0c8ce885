import { InvalidInput } from './errors.ts';

/** One of the three fields of a Peachy crontab that say on which days: its bounds and the names its values may have. */
export interface DayField {
  label: string;
  from: number;
  to: number;
  names: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** The three day fields, in the terms of crontab(5): 0 and 7 are Sunday. */
export const DAY_FIELDS = {
  dayOfMonth: { label: 'day of month', from: 1, to: 31, names: [] },
  month: { label: 'month', from: 1, to: 12, names: MONTHS },
  dayOfWeek: { label: 'day of week', from: 0, to: 7, names: WEEKDAYS },
} as const satisfies Record<string, DayField>;

/** Reads one day field: its values, sorted, each once, Sunday as 0. Throws InvalidInput with what to write instead. */
export function parseDayField(field: DayField, text: string): number[] {
  const values = text.split(',').flatMap((item) => parseItem(field, item));
  const isWeekday = field.to === 7;
  return [...new Set(isWeekday ? values.map((value) => value % 7) : values)].sort((a, b) => a - b);
}

// item: `*`, `*/step`, `value`, `from-to` or `from-to/step`. The classes exclude each other: no backtracking.
const ITEM = /^([^-/]+)(?:-([^-/]+))?(?:\/([^-/]+))?$/;

function parseItem(field: DayField, item: string): number[] {
  const [, first, last, step] = ITEM.exec(item) ?? [];
  if (first === undefined) refuse(field, 'syntax', `${quote(item)} cannot be read; ${howTo(field)}`);
  if (first === '*' && last === undefined) return span(field.from, field.to, readStep(field, step));

  const from = readValue(field, first);
  if (last === undefined) {
    if (step === undefined) return [from];
    // crontab(5) has steps after `*` and after a range only; cron programs disagree on what `5/2` means.
    refuse(
      field,
      'stepWithoutRange',
      `a step needs a range or *, ${quote(item)} has neither; write ${from}-${field.to}/${quote(step, '')}`,
    );
  }
  const to = readValue(field, last);
  if (from > to) refuse(field, 'reversedRange', reversed(field, item, { from, to }));
  return span(from, to, readStep(field, step));
}

function readValue(field: DayField, text: string): number {
  const name = field.names.indexOf(text.toUpperCase());
  if (name >= 0) return name + (field.from === 1 ? 1 : 0);
  if (/^\d+$/.test(text)) {
    const value = Number(text);
    if (value >= field.from && value <= field.to) return value;
    refuse(field, 'outOfRange', `${quote(text)} is not within ${field.from} to ${field.to}`);
  }
  if (text.toUpperCase() === 'P') {
    refuse(field, 'pInDayField', 'P stands for minute and hour only; write * for every one, or the days you want');
  }
  const foreign = FOREIGN[foreignSign(field, text)];
  if (foreign !== undefined) refuse(field, 'foreignSign', foreign);
  refuse(field, 'syntax', `${quote(text)} cannot be read; ${howTo(field)}`);
}

function readStep(field: DayField, text: string | undefined): number {
  if (text === undefined) return 1;
  if (!/^\d+$/.test(text)) refuse(field, 'syntax', `the step ${quote(text)} is not a whole number`);
  if (Number(text) === 0) refuse(field, 'stepZero', 'a step of 0 never gets on; write 1 or more');
  return Number(text);
}

function span(from: number, to: number, step: number): number[] {
  const values = [];
  for (let value = from; value <= to; value += step) values.push(value);
  return values;
}

const FOREIGN: Record<string, string> = {
  L: 'L ("last") is not crontab(5); write a day, for instance 28, or a list of days',
  W: 'W ("nearest weekday") is not crontab(5); write the days, for instance 15 or 1-5',
  '?': '? ("no value") is not crontab(5); write *',
  '#': '# ("the nth weekday") is not crontab(5); write the days of the month that it may be, for instance 1-7, or a weekday',
  H: 'H ("hash") is not crontab(5); minute and hour are P, and days are written out',
};

// `L`, `LW`, `15W`, `5L`, `FRIL`, `5#2`, `FRI#2`, `H`, `H(1`: which sign makes it foreign; none in a word such as LATER.
function foreignSign(field: DayField, text: string): string {
  const isName = field.names.some((name) => text.toUpperCase().startsWith(name));
  if (!isName && /[a-z]{3}/i.test(text)) return '';
  return /^(?:\d+|[a-z]{3}(?=[l#]))?([lw?#h])/i.exec(text.slice(0, 40))?.[1]?.toUpperCase() ?? '';
}

function reversed(field: DayField, item: string, { from, to }: { from: number; to: number }): string {
  const isUntilSunday = field.to === 7 && to === 0; // SUN is 0; as the end of a range it must be written as 7
  const write = isUntilSunday ? `${from}-7` : `${to}-${from}, or ${from}-${field.to},${field.from}-${to} to go round`;
  return `the range ${quote(item)} runs backwards; write ${write}`;
}

function howTo({ names, from, to }: DayField): string {
  const named = names.length > 0 ? ` or names such as ${names[1] ?? ''}` : '';
  return `write numbers from ${from} to ${to}${named}, with lists (1,3), ranges (1-5) and steps (*/2)`;
}

// What people typed comes back to them, but never at length and never with control characters.
function quote(text: string, mark = '"'): string {
  const short = text.length > 20 ? `${text.slice(0, 20)}…` : text;
  return mark + short.replace(/[^\x20-\x7e…]/g, '\\?') + mark;
}

function refuse({ label }: DayField, code: string, message: string): never {
  throw new InvalidInput([{ field: 'schedule', code, message: `${label}: ${message}` }]);
}
