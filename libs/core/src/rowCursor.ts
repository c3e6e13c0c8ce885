import {
  COLON,
  COMMA,
  CLOSE_OBJECT,
  endOfValue,
  MalformedJson,
  OPEN_OBJECT,
  parseJson,
  skipBlank,
} from './jsonBytes.ts';

/** Bytes from a beginning to an end; a FileHandle is one. `read` gives 0 at the end. */
export interface ByteSource {
  read(buffer: Buffer, offset: number, length: number): Promise<{ bytesRead: number }>;
}

/** A window on a source, moved by hand: `bytes` from `at` to `to` are there, `more` brings further ones. */
export interface RowCursor {
  bytes: Buffer;
  at: number;
  to: number;
  /** Reads on, keeping what lies behind `at`; false at the end. */
  more(): Promise<boolean>;
}

/** A single value must fit into memory; no row of a sane answer comes near this. */
const LARGEST_VALUE_BYTES = 32 * 1024 * 1024;

/** A value does not fit into the window, however far that may grow. */
export class ValueTooBig extends MalformedJson {}

/** Opens a window of `windowBytes`, which grows only for values that do not fit in. Throws ValueTooBig beyond `largestBytes`. */
export function rowCursor(source: ByteSource, windowBytes: number, largestBytes = LARGEST_VALUE_BYTES): RowCursor {
  const cursor: RowCursor = { bytes: Buffer.allocUnsafeSlow(windowBytes), at: 0, to: 0, more };

  async function more(): Promise<boolean> {
    const { bytes, at, to } = cursor;
    if (at === 0 && to === bytes.length) cursor.bytes = grown(bytes, largestBytes);
    else bytes.copy(bytes, 0, at, to);
    cursor.at = 0;
    cursor.to = to - at;
    const { bytesRead } = await source.read(cursor.bytes, cursor.to, cursor.bytes.length - cursor.to);
    cursor.to += bytesRead;
    return bytesRead > 0;
  }
  return cursor;
}

function grown(bytes: Buffer, largestBytes: number): Buffer {
  if (bytes.length >= largestBytes) throw new ValueTooBig(`holds a value bigger than ${largestBytes} bytes`);
  const bigger = Buffer.allocUnsafeSlow(bytes.length * 2); // doubling: a value is looked at anew only a few times
  bytes.copy(bigger);
  return bigger;
}

/** Moves to the next byte that is not white space and gives it; undefined at the end. */
export async function peekByte(cursor: RowCursor): Promise<number | undefined> {
  for (;;) {
    cursor.at = skipBlank(cursor.bytes, cursor.at, cursor.to);
    if (cursor.at < cursor.to) return cursor.bytes[cursor.at];
    if (!(await cursor.more())) return undefined;
  }
}

/** Moves behind `byte`, which must come next. */
export async function expectByte(cursor: RowCursor, byte: number): Promise<void> {
  const found = await peekByte(cursor);
  if (found === undefined) throw cutShort();
  if (found !== byte) throw new MalformedJson(`"${String.fromCharCode(byte)}" was expected`);
  cursor.at += 1;
}

/** Reads the next value, whatever it is. */
export async function takeValue(cursor: RowCursor): Promise<unknown> {
  return parseJson(await takeText(cursor));
}

/** Reads the text of the next value, whatever it is. */
export async function takeText(cursor: RowCursor): Promise<string> {
  await peekByte(cursor);
  for (;;) {
    const end = endOfValue(cursor.bytes, cursor.at, cursor.to);
    if (end >= 0) {
      const text = cursor.bytes.toString('utf8', cursor.at, end);
      cursor.at = end;
      return text;
    }
    if (!(await cursor.more())) throw cutShort();
  }
}

/** Walks an object: `visit` is called behind each key's colon and must take the value. */
export async function eachMember(cursor: RowCursor, visit: (key: string) => Promise<unknown>): Promise<void> {
  await expectByte(cursor, OPEN_OBJECT);
  if ((await peekByte(cursor)) === CLOSE_OBJECT) {
    cursor.at += 1;
    return;
  }
  for (;;) {
    const key = await takeValue(cursor);
    if (typeof key !== 'string') throw new MalformedJson('a key was expected');
    await expectByte(cursor, COLON);
    await visit(key);
    if ((await peekByte(cursor)) === CLOSE_OBJECT) break;
    await expectByte(cursor, COMMA);
  }
  cursor.at += 1;
}

/** The answer ends in the middle. */
export function cutShort() {
  return new MalformedJson('ends in the middle', { isCut: true });
}
