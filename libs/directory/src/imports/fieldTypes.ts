import { isCleanText, type Refusal } from '@muster/core/fields';
import { refuseJson } from './refuseJson.ts';

/** A kind of value: how a cell of CSV says it, what is checked, and how PostgreSQL reads it. */
export interface FieldType {
  /** The type of its column in the staging table. */
  sql: string;
  /** What a cell means, as NDJSON would say it; a cell that means nothing is handed on to be refused. Absent: the text. */
  fromCell?(cell: string): unknown;
  /** The value as PostgreSQL reads it, or why it is refused. */
  toSql(value: unknown): string | Refusal;
  /** What was given for `toSql` as JSON has it, where the field is kept in a JSON column. Absent: the text. */
  toJson?(sql: string): unknown;
}

/** A text of 1 to `max` characters, without control characters unless `lines`. */
export const text = (max = 255, lines = false): FieldType => {
  const refusal = {
    code: 'isLength',
    message: `must be a text of 1 to ${max} characters${lines ? '' : ' without control characters'}`,
  };
  return {
    sql: 'text',
    toSql: (value) => (isText(value, max, lines) ? value : refusal),
  };
};

function isText(value: unknown, max: number, lines: boolean): value is string {
  if (typeof value !== 'string' || value === '' || value.length > 2 * max) return false;
  return (value.length <= max || lengthOf(value) <= max) && (PLAIN.test(value) || isCleanText(value, lines));
}

/** What nearly all texts are made of. */
const PLAIN = /^[ -~]*$/;

/** In characters, of which some are pairs. */
function lengthOf(value: string) {
  return value.length - (value.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g)?.length ?? 0);
}

/** One of some words. */
export const oneOf = (words: readonly string[]): FieldType => {
  const known = new Set<unknown>(words);
  const refusal = { code: 'isIn', message: `must be one of ${words.join(', ')}` };
  return { sql: 'text', toSql: (value) => (known.has(value) ? (value as string) : refusal) };
};

/** Some words of a set, at least one and each once; in a cell divided by `|`. */
export const someOf = (words: readonly string[]): FieldType =>
  listOf('text[]', (item) => words.includes(item as string), `must be one or more of ${words.join(', ')}, each once`);

/** Whole numbers within limits, at least one and each once; in a cell divided by `|`. */
export const someIntegers = (min: number, max: number): FieldType => ({
  ...listOf('int[]', (item) => isInteger(item, min, max), `must be numbers from ${min} to ${max}, each once`),
  fromCell: (cell) => cell.split('|').map((item) => (/^\d{1,9}$/.test(item) ? Number(item) : item)),
});

/** Names of other objects, at least one and each once; in a cell divided by `|`. */
export const someTexts = (max: number): FieldType =>
  listOf(
    'text[]',
    (item) => isText(item, 255, false),
    `must be 1 to ${max} texts of 1 to 255 characters, each once`,
    max,
  );

// eslint-disable-next-line max-params -- of this file alone
function listOf(sql: string, isFine: (item: unknown) => boolean, message: string, max = 100): FieldType {
  const refusal = { code: 'isIn', message };
  const isRefused = (value: unknown) =>
    !Array.isArray(value) ||
    value.length === 0 ||
    value.length > max ||
    new Set(value).size < value.length ||
    !value.every(isFine);
  return {
    sql,
    fromCell: (cell) => cell.split('|'),
    toSql: (value) => (isRefused(value) ? refusal : `{${(value as unknown[]).map(quoteItem).join(',')}}`),
  };
}

function quoteItem(item: unknown) {
  return typeof item === 'number' ? String(item) : `"${String(item).replace(/["\\]/g, '\\$&')}"`;
}

export const flag: FieldType = {
  sql: 'boolean',
  fromCell: (cell) => (cell === 'true' ? true : cell === 'false' ? false : cell),
  toSql: (value) =>
    typeof value === 'boolean' ? String(value) : { code: 'isBoolean', message: 'must be true or false' },
  toJson: (sql) => sql === 'true',
};

/** A displayId. */
export const positiveInteger: FieldType = {
  sql: 'bigint',
  fromCell: (cell) => (/^\d{1,15}$/.test(cell) ? Number(cell) : cell),
  toSql: (value) =>
    isInteger(value, 1, Number.MAX_SAFE_INTEGER) ? String(value) : { code: 'isInt', message: 'must be a whole number' },
};

function isInteger(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

/** A day of the calendar. */
export const date: FieldType = {
  sql: 'date',
  toSql: (value) =>
    typeof value === 'string' && isDate(value)
      ? value
      : { code: 'isDate', message: 'must be a date of the calendar, YYYY-MM-DD' },
};

const DATE = /^([1-9]\d{3})-(\d\d)-(\d\d)$/;

function isDate(value: string): boolean {
  const [, year, month, day] = DATE.exec(value)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return false;
  const found = new Date(Date.UTC(year, month - 1, day));
  return found.getUTCMonth() === month - 1 && found.getUTCDate() === day;
}

const INSTANT = /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d([.,]\d{1,9})?)?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/;

/** A moment, with its zone. */
export const instant: FieldType = {
  sql: 'timestamptz(3)',
  toSql: (value) => {
    const day = typeof value === 'string' ? INSTANT.exec(value)?.[1] : undefined;
    if (day !== undefined && isDate(day) && day < '9999-12-31') {
      return new Date((value as string).replace(',', '.')).toISOString();
    }
    return { code: 'isIso8601', message: 'must be a date and time with its zone, such as 2026-03-08T05:00:00Z' };
  },
};

/** A time zone's name: `America/New_York`. */
export const timeZone: FieldType = {
  sql: 'text',
  toSql: (value) =>
    typeof value === 'string' && isTimeZone(value)
      ? value
      : { code: 'isTimeZone', message: 'must be the name of a time zone, such as America/New_York' },
};

const zones = new Map<string, boolean>(); // to ask costs 20 µs

function isTimeZone(name: string): boolean {
  const known = zones.get(name);
  if (known !== undefined || name.length > 100) return known ?? false;
  let isKnown = /^[A-Za-z]/.test(name);
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch {
    isKnown = false;
  }
  if (zones.size < 1_000) zones.set(name, isKnown);
  return isKnown;
}

/** An object or list of JSON, written as JSON in a cell; `refuse` says what it may hold beyond the form. */
export const json = (refuse: (value: object) => Refusal | undefined): FieldType => ({
  sql: 'jsonb',
  fromCell: (cell) => {
    try {
      return JSON.parse(cell) as unknown;
    } catch {
      return cell;
    }
  },
  toSql: (value) => refuseJson(value) ?? refuse(value as object) ?? JSON.stringify(value),
  toJson: (sql) => JSON.parse(sql) as unknown,
});
