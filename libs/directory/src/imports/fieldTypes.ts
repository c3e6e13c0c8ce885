import { refuseDate, refuseInstant } from '@muster/core/checkDates';
import { isCleanText, type Refusal } from '@muster/core/fields';
import { refuseTimeZone } from '@muster/core/timeZone';

/** A kind of value: how a cell of CSV says it, what is checked, and how PostgreSQL reads it. */
export interface FieldType {
  /** The type of its column in the staging table. */
  sql: string;
  /** What a cell means, as NDJSON would say it; a cell that means nothing is handed on to be refused. Absent: the text. */
  fromCell?(cell: string): unknown;
  /** The value as PostgreSQL reads it, or why it is refused. */
  toSql(value: unknown): string | Refusal;
  /** What `toSql` gave as JSON has it, where the field is kept in a JSON column. Absent: the text. */
  toJson?(sql: string): unknown;
}

/** A text of 1 to `max` characters, without control characters unless `lines`. */
export const text = (max = 255, lines = false): FieldType => {
  const refusals = refusalsOfText(max, lines);
  return {
    sql: 'text',
    toSql: (value) => {
      if (typeof value !== 'string') return refusals.wrongType;
      if (value === '' || lengthOf(value, max) > max) return refusals.wrongLength;
      return PLAIN.test(value) || isCleanText(value, lines) ? value : refusals.wrongCharacters;
    },
  };
};

/** What nearly all texts are made of: they need no closer look. */
const PLAIN = /^[ -~]*$/;

/** In characters, of which some are pairs; at least `max` + 1 for what is longer in any case. */
function lengthOf(value: string, max: number) {
  if (value.length <= max || value.length > 2 * max) return value.length;
  return value.length - (value.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g)?.length ?? 0);
}

function refusalsOfText(max: number, lines: boolean) {
  const message = `must be a text of 1 to ${max} characters${lines ? '' : ' without control characters'}`;
  const refusal = (code: string): Refusal => ({ code, message });
  return {
    wrongType: refusal('wrongType'),
    wrongLength: refusal('wrongLength'),
    wrongCharacters: refusal('wrongCharacters'),
  };
}

/** Stands before the digits of a displayId where texts may be expected: no text has it. */
export const DISPLAY_ID = '\u0001';

/** What names another object: our id or the caller's own as a text, a displayId as a number, which CSV cannot tell. */
export const nameOfObject: FieldType = {
  sql: 'text',
  toSql: (value) => (isDisplayId(value) ? `${DISPLAY_ID}${value}` : text().toSql(value)),
};

/** A text of 1 to `max` characters, or a number that is kept in digits. */
const textOrNumber = (max: number): FieldType => {
  const { toSql } = text(max);
  return { sql: 'text', toSql: (value) => (isDisplayId(value) ? String(value) : toSql(value)) };
};

/** What names the object itself: our id, or a displayId. */
export const ownId = textOrNumber(50);

/** What names a case, which is not looked up. */
export const caseName = textOrNumber(255);

/** A displayId. */
export const displayId: FieldType = {
  sql: 'bigint',
  fromCell: (cell) => (/^\d{1,15}$/.test(cell) ? Number(cell) : cell),
  toSql: (value) => (isDisplayId(value) ? String(value) : { code: 'wrongType', message: 'must be a whole number' }),
};

function isDisplayId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** One of some words. */
export const oneOf = (words: readonly string[]): FieldType => {
  const known = new Set<unknown>(words);
  const refusal = { code: 'notAllowed', message: `must be one of ${words.join(', ')}` };
  return { sql: 'text', toSql: (value) => (known.has(value) ? (value as string) : refusal) };
};

/** A list of 1 to `max` texts, each once; in a cell divided by `|`. */
const listOf = (item: FieldType, { max, message }: { max: number; message: string }): FieldType => ({
  sql: 'text[]',
  fromCell: (cell) => cell.split('|'),
  toSql: (value) => {
    if (!Array.isArray(value)) return { code: 'wrongType', message };
    if (value.length === 0 || value.length > max) return { code: 'wrongLength', message };
    if (new Set(value).size < value.length) return { code: 'notUnique', message };
    const items: string[] = [];
    for (const one of value) {
      const sql = item.toSql(one);
      if (typeof sql !== 'string') return { code: sql.code, message };
      items.push(quoteItem(sql));
    }
    return `{${items.join(',')}}`;
  },
});

function quoteItem(item: string) {
  return `"${item.replace(/["\\]/g, '\\$&')}"`;
}

/** Some words of a set. */
export const someOf = (words: readonly string[]): FieldType =>
  listOf(oneOf(words), {
    max: words.length,
    message: `must be a list of one or more of ${words.join(', ')}, each once`,
  });

/** Names of other objects. */
export const namesOfObjects = (max: number): FieldType =>
  listOf(nameOfObject, { max, message: `must be a list of 1 to ${max} names, each once` });

/** Whole numbers; in a cell divided by `|`. */
export const someIntegers = (refuse: (value: unknown) => Refusal | undefined): FieldType => ({
  sql: 'int[]',
  fromCell: (cell) => cell.split('|').map((item) => (/^\d{1,9}$/.test(item) ? Number(item) : item)),
  toSql: (value) => refuse(value) ?? `{${(value as number[]).join(',')}}`,
});

export const flag: FieldType = {
  sql: 'boolean',
  fromCell: (cell) => (cell === 'true' ? true : cell === 'false' ? false : cell),
  toSql: (value) =>
    typeof value === 'boolean' ? String(value) : { code: 'wrongType', message: 'must be true or false' },
  toJson: (sql) => sql === 'true',
};

/** A text that a rule looks at. */
const ruled = (sql: string, refuse: (value: string) => Refusal | undefined): FieldType => ({
  sql,
  toSql: (value) => {
    const given = typeof value === 'string' ? value : '';
    return refuse(given) ?? given;
  },
});

/** A day of the calendar. */
export const date = ruled('date', refuseDate);

/** The name of a time zone. */
export const timeZone = ruled('text', refuseTimeZone);

/** A moment, with its zone. */
export const instant: FieldType = {
  sql: 'timestamptz(3)',
  toSql: (value) => {
    const given = typeof value === 'string' ? value : '';
    return refuseInstant(given) ?? new Date(given).toISOString();
  },
};

/** An object or list of JSON, written as JSON in a cell. */
export const json = (refuse: (value: unknown) => Refusal | undefined): FieldType => ({
  sql: 'jsonb',
  fromCell: (cell) => {
    try {
      return JSON.parse(cell) as unknown;
    } catch {
      return cell;
    }
  },
  toSql: (value) => refuse(value) ?? JSON.stringify(value),
  toJson: (sql) => JSON.parse(sql) as unknown,
});
