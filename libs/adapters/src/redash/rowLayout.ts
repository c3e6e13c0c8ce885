import {
  CLOSE_OBJECT,
  COLON,
  COMMA,
  endOfString,
  endOfValue,
  MalformedJson,
  OPEN_OBJECT,
  skipBlank,
} from '@muster/core/jsonBytes';

/** Where the cells of one row lie, by the order of the columns. Written anew by every `locate`. */
export interface RowLayout {
  /** The first byte of each cell's value, -1 where the row has none. */
  readonly starts: Int32Array;
  /** The byte behind each cell's value. */
  readonly ends: Int32Array;
  /** Finds the cells of the object that begins at `at`; gives the index behind it, or -1 where it goes on behind `to`. */
  locate(bytes: Buffer, at: number, to: number): number;
}

/** Finds cells without parsing them. Keys in the columns' order, as nearly all servers write them, cost a comparison only. */
export function rowLayout(columns: string[]): RowLayout {
  const starts = new Int32Array(columns.length);
  const ends = new Int32Array(columns.length);
  const columnAt = columnFinder(columns);

  function locate(bytes: Buffer, at: number, to: number): number {
    if (bytes[at] !== OPEN_OBJECT) throw new MalformedJson('a row is no object');
    starts.fill(-1);
    let guess = 0;
    let here = skipBlank(bytes, at + 1, to);
    if (bytes[here] === CLOSE_OBJECT && here < to) return here + 1;
    for (;;) {
      const endOfKey = here < to ? endOfString(bytes, here, to) : -1;
      if (endOfKey < 0) return -1;
      const column = columnAt(bytes, { from: here + 1, to: endOfKey - 1 }, guess);
      here = skipBlank(bytes, endOfKey, to);
      if (here >= to) return -1;
      if (bytes[here] !== COLON) throw new MalformedJson('a colon was expected');
      here = skipBlank(bytes, here + 1, to);
      const end = endOfValue(bytes, here, to);
      if (end < 0) return -1;
      if (column >= 0) {
        starts[column] = here; // the last of several equal keys counts, as everywhere
        ends[column] = end;
        guess = column + 1;
      }
      here = skipBlank(bytes, end, to);
      if (here >= to) return -1;
      if (bytes[here] === CLOSE_OBJECT) return here + 1;
      if (bytes[here] !== COMMA) throw new MalformedJson('a comma was expected');
      here = skipBlank(bytes, here + 1, to);
    }
  }
  return { starts, ends, locate };
}

interface Span {
  from: number;
  to: number;
}

/** The column a key means, -1 for one that no column has: Redash does not show those either. */
function columnFinder(columns: string[]) {
  const asWritten = columns.map((name) => Buffer.from(JSON.stringify(name).slice(1, -1)));
  const byName = new Map(columns.map((name, index) => [name, index]));

  return (bytes: Buffer, { from, to }: Span, guess: number): number => {
    const expected = asWritten[guess];
    if (expected !== undefined && isEqual(bytes, { from, to }, expected)) return guess;
    return byName.get(keyText(bytes, from, to)) ?? -1;
  };
}

function isEqual(bytes: Buffer, { from, to }: Span, expected: Buffer): boolean {
  if (to - from !== expected.length) return false;
  for (let i = 0; i < expected.length; i++) if (bytes[from + i] !== expected[i]) return false;
  return true;
}

function keyText(bytes: Buffer, from: number, to: number): string {
  const text = bytes.toString('utf8', from, to);
  if (!text.includes('\\')) return text;
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    throw new MalformedJson('a key is no JSON string');
  }
}
