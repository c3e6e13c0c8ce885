import { pythonJson } from './pythonJson.ts';

/** A hint at a column's type, as Redash 25 gives it for PostgreSQL; most types have none. */
export type ColumnType = 'integer' | 'float' | 'boolean' | 'string' | 'datetime' | 'date' | null;

const TYPES: [ColumnType, number[]][] = [
  ['integer', [20, 21, 23]],
  ['float', [700, 701, 1700]],
  ['boolean', [16]],
  ['datetime', [1114, 1184]],
  ['date', [1082]],
  ['string', [1002, 1003, 1008, 1009, 1014, 1015, 1043, 2951]],
];
const INTERVAL = 1186;

/** What Redash calls a column of this PostgreSQL type. */
export function columnType(oid: number): ColumnType {
  return TYPES.find(([, oids]) => oids.includes(oid))?.[0] ?? null;
}

/** Makes JSON of a value that PostgreSQL wrote as text, as Redash does. */
export function jsonFormatter(oid: number): (text: string) => string {
  const type = columnType(oid);
  if (type === 'integer' || oid === 26) return (text) => text;
  if (type === 'float') return formatFloat;
  if (type === 'boolean') return (text) => (text === 't' ? 'true' : 'false');
  if (type === 'datetime') return (text) => JSON.stringify(formatInstant(text));
  if (oid === 1083) return (text) => JSON.stringify(inMilliseconds(text));
  if (oid === 17) return (text) => JSON.stringify(text.replace(/^\\x/, ''));
  if (oid === 114 || oid === 3802) return (text) => pythonJson(JSON.parse(text));
  if (oid === INTERVAL) return (text) => JSON.stringify(formatInterval(text));
  return ARRAYS.has(oid) ? arrayFormatter(oid) : (text) => JSON.stringify(text);
}

const ARRAYS = new Map([
  [1000, 16],
  [1005, 21],
  [1007, 23],
  [1016, 20],
  [1021, 700],
  [1022, 701],
  [1231, 1700],
  [1009, 25],
  [1015, 1043],
]);

/** `{a,"b c",NULL}` as `["a", "b c", null]`. */
function arrayFormatter(oid: number) {
  const formatElement = jsonFormatter(ARRAYS.get(oid) ?? 25);
  const formatToken = (token: string) => {
    if (token === '{') return '[';
    if (token === '}') return ']';
    if (token === ',') return ', ';
    if (token === 'NULL') return 'null';
    return formatElement(token.startsWith('"') ? token.slice(1, -1).replace(/\\(.)/g, '$1') : token);
  };
  return (text: string) => text.replace(/"(?:[^"\\]|\\.)*"|[{},]|[^{},"]+/g, formatToken);
}

/** Python's way to print a float. */
function formatFloat(text: string): string {
  const value = Number(text);
  if (!Number.isFinite(value)) return 'null';
  const size = Math.abs(value);
  if (value !== 0 && (size >= 1e16 || size < 1e-4)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** `2024-01-02 03:04:05.678901+00` as `2024-01-02T03:04:05.678Z`. */
function formatInstant(text: string): string {
  return inMilliseconds(text).replace(' ', 'T').replace(/\+00$/, 'Z');
}

function inMilliseconds(text: string): string {
  return text.replace(/\.(\d+)/, (_, digits: string) => `.${digits.padEnd(3, '0').slice(0, 3)}`);
}

/** `1 day 02:03:04` as `1 day, 2:03:04`. */
function formatInterval(text: string): string {
  return text.replace(/ (?=\d\d:)/, ', ').replace(/(^| )0(\d:)/, '$1$2');
}
