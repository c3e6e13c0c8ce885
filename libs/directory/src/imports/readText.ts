import { isUtf8 } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';
import { InvalidInput } from '@muster/core/errors';

/** Some 600 rows: what is made of one piece is checked in one go, without a look at the event loop. */
const PIECE_BYTES = 65_536;
const BOM = '\uFEFF';

/**
 * The text of a file in pieces of bounded size, whole characters each, without a byte order mark. Throws InvalidInput
 * `notUtf8`. Other work gets its turn between two pieces.
 */
export async function* readText(
  bytes: AsyncIterable<Buffer>,
  onBytes: (count: number) => void,
): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0); // the beginning of a character that was cut
  let isFirst = true;
  for await (const chunk of bytes) {
    onBytes(chunk.length);
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      const next = chunk.subarray(at, at + PIECE_BYTES);
      const piece = rest.length > 0 ? Buffer.concat([rest, next]) : next;
      const end = piece.length - cutBytes(piece);
      rest = piece.subarray(end);
      const text = decode(piece.subarray(0, end));
      yield isFirst && text.startsWith(BOM) ? text.slice(1) : text;
      isFirst = isFirst && text === '';
      await setImmediate();
    }
  }
  if (rest.length > 0) throw notUtf8();
}

function decode(bytes: Buffer) {
  if (!isUtf8(bytes)) throw notUtf8();
  return bytes.toString('utf8');
}

/** How many bytes at the end belong to a character of which more is to come. */
function cutBytes(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

function notUtf8() {
  return new InvalidInput([{ field: '', code: 'notUtf8', message: 'the file is no text in UTF-8: save it as UTF-8' }]);
}
