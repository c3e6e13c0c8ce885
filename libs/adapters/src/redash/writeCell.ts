import { BACKSLASH, COMMA, MalformedJson, OPEN_ARRAY, OPEN_OBJECT, parseJson, QUOTE } from '@muster/core/jsonBytes';

/** A place to write to. `bytes` must have twice the room of the value behind `at`. */
export interface Target {
  bytes: Buffer;
  at: number;
}

const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const NOTHING = new Set(['null', 'NaN', 'Infinity', '-Infinity']);

/**
 * Writes the JSON value in `bytes` from `from` to `to` as a CSV cell. Nearly all values are copied as they are: so a
 * whole number of any length stays exact, which JSON.parse would round beyond 2^53.
 */
export function writeCell(target: Target, bytes: Buffer, { from, to }: { from: number; to: number }): void {
  const first = bytes[from] as number;
  if (first === QUOTE) writeString(target, bytes, { from, to });
  else if (first === MINUS || (first >= ZERO && first <= NINE)) writeNumber(target, bytes, { from, to });
  else if (first === OPEN_OBJECT || first === OPEN_ARRAY)
    writeText(target, csvCell(nestedText(bytes.toString('utf8', from, to))));
  else writeLiteral(target, bytes.toString('latin1', from, to));
}

/** A name or text as a CSV cell, by RFC 4180; an empty one is `""`, so that it differs from no value. */
export function csvCell(text: string): string {
  // `\.` alone on a line would end PostgreSQL's COPY.
  const quoted = text === '' || text === '\\.' || /[",\r\n]/.test(text);
  return quoted ? `"${text.replaceAll('"', '""')}"` : text;
}

function writeString(target: Target, bytes: Buffer, { from, to }: { from: number; to: number }): void {
  const end = to - 1;
  const into = target.bytes; // looked up once: these loops see every byte of an answer
  let out = target.at;
  for (let i = from + 1; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte === BACKSLASH) {
      writeText(target, csvCell(unescaped(bytes.toString('utf8', from, to))));
      return;
    }
    if (byte === COMMA) {
      // Without a backslash there is no quote and no line break inside: the JSON text is the quoted cell. But one may follow.
      if (bytes.subarray(i, end).includes(BACKSLASH))
        writeText(target, csvCell(unescaped(bytes.toString('utf8', from, to))));
      else target.at += bytes.copy(target.bytes, target.at, from, to);
      return;
    }
    into[out] = byte;
    out += 1;
  }
  if (end === from + 1) out += bytes.copy(target.bytes, out, from, to); // ""
  target.at = out;
}

function unescaped(json: string): string {
  try {
    return JSON.parse(json) as string;
  } catch {
    throw new MalformedJson('a string is no JSON string');
  }
}

function writeNumber(target: Target, bytes: Buffer, { from, to }: { from: number; to: number }): void {
  const isNegative = bytes[from] === MINUS;
  if (isPlainInteger(bytes, { from: isNegative ? from + 1 : from, to }, isNegative))
    copyBytes(target, bytes, { from, to });
  else writeOddNumber(target, bytes.toString('latin1', from, to));
}

function isPlainInteger(bytes: Buffer, { from, to }: { from: number; to: number }, isNegative: boolean): boolean {
  if (from === to) return false;
  if (bytes[from] === ZERO && (isNegative || to - from > 1)) return false; // -0 is 0, and 007 is no JSON
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number;
    if (byte < ZERO || byte > NINE) return false;
  }
  return true;
}

/** Floats as JavaScript prints them: an id from a numeric column comes as `101.0` and must be `101`. */
function writeOddNumber(target: Target, text: string): void {
  if (NOTHING.has(text)) return;
  if (!NUMBER.test(text)) throw new MalformedJson('a number is no JSON number');
  const value = Number(text);
  if (Number.isFinite(value)) writeText(target, String(value));
}

function writeLiteral(target: Target, text: string): void {
  if (text === 'true' || text === 'false') writeText(target, text);
  else if (!NOTHING.has(text)) throw new MalformedJson('a value is no JSON');
}

/** Lists and objects keep the very text that came, save Python's bare tokens: numbers inside stay exact. */
function nestedText(json: string): string {
  try {
    JSON.parse(json);
    return json;
  } catch {
    return JSON.stringify(parseJson(json));
  }
}

function copyBytes(target: Target, bytes: Buffer, { from, to }: { from: number; to: number }): void {
  const into = target.bytes;
  let out = target.at;
  for (let i = from; i < to; i++, out++) into[out] = bytes[i] as number; // a call of copy costs more than 20 bytes
  target.at = out;
}

function writeText(target: Target, text: string): void {
  target.at += target.bytes.write(text, target.at);
}
