/** The text is no whole JSON: cut short, or never was any. Says where, never what stood there. */
export class MalformedJson extends Error {
  readonly isCut: boolean;

  constructor(what: string, { isCut = false } = {}) {
    super(what);
    this.isCut = isCut;
  }
}

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const BACKSLASH = 0x5c;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
export const OPEN_ARRAY = 0x5b;
export const CLOSE_ARRAY = 0x5d;
const BLANK = 0x20; // everything below is a control character, allowed between values only where it is white space

/** The index of the first byte from `at` on that is not white space, or `to`. */
export function skipBlank(bytes: Uint8Array, at: number, to: number): number {
  while (at < to) {
    const byte = bytes[at] as number;
    if (byte !== BLANK && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    at += 1;
  }
  return at;
}

/** The index behind the JSON value that begins at `at`, or -1 where it goes on behind `to`. Says nothing of what is inside. */
export function endOfValue(bytes: Uint8Array, at: number, to: number): number {
  if (at >= to) return -1;
  const first = bytes[at] as number;
  if (first === QUOTE) return endOfString(bytes, at, to);
  if (first === OPEN_OBJECT || first === OPEN_ARRAY) return endOfNested(bytes, at, to);
  return endOfScalar(bytes, at, to);
}

/** As endOfValue, for a value that must be a string. */
export function endOfString(bytes: Uint8Array, at: number, to: number): number {
  if (bytes[at] !== QUOTE) throw new MalformedJson('a string was expected');
  for (let i = at + 1; i < to; i++) {
    const byte = bytes[i] as number;
    if (byte === QUOTE) return i + 1;
    if (byte === BACKSLASH) i += 1;
    else if (byte < BLANK) throw new MalformedJson('a string holds a bare control character');
  }
  return -1;
}

function endOfNested(bytes: Uint8Array, at: number, to: number): number {
  let depth = 0; // counted, not recursed: a nasty answer may be nested 100,000 deep
  for (let i = at; i < to; i++) {
    const byte = bytes[i] as number;
    if (byte === QUOTE) {
      const end = endOfString(bytes, i, to);
      if (end < 0) return -1;
      i = end - 1;
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      depth -= 1;
      if (depth === 0) return i + 1;
    }
  }
  return -1;
}

function endOfScalar(bytes: Uint8Array, at: number, to: number): number {
  let i = at;
  while (i < to && isPartOfScalar(bytes[i] as number)) i += 1;
  if (i === at) throw new MalformedJson('a value was expected');
  return i === to ? -1 : i;
}

/** Letters, digits, `+`, `-` and `.`: what numbers, `true` and `NaN` are made of. */
function isPartOfScalar(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7a) || isRareInScalar(byte);
}

function isRareInScalar(byte: number): boolean {
  return byte === 0x2b || byte === 0x2d || byte === 0x2e || (byte >= 0x41 && byte <= 0x5a);
}

/** JSON.parse, but Python's bare `NaN` and `Infinity` mean null, as servers up to version 8 write them. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return parseStrictly(withoutBareTokens(text));
  }
}

function parseStrictly(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new MalformedJson('a value is no JSON'); // the parser's own message quotes the text
  }
}

function withoutBareTokens(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (token) => (token.startsWith('"') ? token : 'null'));
}
