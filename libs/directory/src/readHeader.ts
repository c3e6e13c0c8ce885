import { Readable } from 'node:stream';
import { PermanentFailure } from '@muster/core/errors';

const HEADER_LIMIT_BYTES = 1_000_000;
const NUL = 0x00;
const LF = 0x0a;
const QUOTE = 0x22;
const REPLACEMENT = Buffer.from('\uFFFD');

/**
 * Reads the header line of a CSV, whatever its names hold, and gives the rest to be read on; the caller closes `csv`. NUL, which no text of
 * PostgreSQL can hold, becomes U+FFFD: visible in a name, and no number in a column of ids.
 */
export async function readHeader(csv: Readable): Promise<{ columns: string[]; rest: Readable }> {
  const chunks = readChunks(csv);
  let head: Buffer = Buffer.alloc(0);
  let end = -1;
  while (end < 0 && head.length < HEADER_LIMIT_BYTES) {
    const next = await chunks.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
    end = endOfHeader(head);
  }
  if (end < 0 && head.length >= HEADER_LIMIT_BYTES) {
    throw new PermanentFailure('headerTooLong', 'the names of the columns are longer than 1 MB in all: shorten them');
  }
  const line = head.subarray(0, end < 0 ? head.length : end);
  const first = head.subarray(line.length);
  return { columns: parseHeader(line.toString('utf8')), rest: Readable.from(readRest(first, chunks), bytes) };
}

const bytes = { objectMode: false };

function endOfHeader(head: Buffer) {
  let quoted = false;
  for (let at = 0; at < head.length; at++) {
    if (head[at] === QUOTE) quoted = !quoted;
    else if (head[at] === LF && !quoted) return at + 1;
  }
  return -1;
}

function parseHeader(line: string) {
  const cells = line
    .replace(/^\uFEFF/, '')
    .replace(/\r?\n$/, '')
    .match(/"(?:[^"]|"")*"|[^,]+|(?<=^|,)(?=,|$)/g);
  return (cells ?? []).map((cell) => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell));
}

async function* readChunks(csv: Readable) {
  for await (const chunk of csv as AsyncIterable<Buffer | string>) {
    yield withoutNul(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  }
}

async function* readRest(first: Buffer, chunks: AsyncGenerator<Buffer>) {
  if (first.length > 0) yield first;
  yield* chunks;
}

function withoutNul(chunk: Buffer): Buffer {
  if (!chunk.includes(NUL)) return chunk;
  const parts: Buffer[] = [];
  let from = 0;
  for (let at = chunk.indexOf(NUL); at >= 0; at = chunk.indexOf(NUL, from)) {
    parts.push(chunk.subarray(from, at), REPLACEMENT);
    from = at + 1;
  }
  return Buffer.concat([...parts, chunk.subarray(from)]);
}
