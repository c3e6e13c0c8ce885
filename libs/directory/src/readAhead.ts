import { addAbortSignal, Readable } from 'node:stream';

/** The beginning of a file, held in memory, and the way to read all of it. */
export interface Ahead {
  /** How many bytes are held. */
  bytes: number;
  /** Whether that is all of it. */
  isWhole: boolean;
  /** The file from its first byte; to be read once. */
  all: Readable;
}

/** Reads until it holds more than `mostBytes`, or the whole file; nothing where that is negative. The caller closes `file`. */
export async function readAhead(
  file: Readable,
  { mostBytes, signal }: { mostBytes: number; signal: AbortSignal },
): Promise<Ahead> {
  signal.throwIfAborted();
  const chunks = bytesOf(addAbortSignal(signal, file));
  const held: Buffer[] = [];
  let bytes = 0;
  let isWhole = false;
  while (!isWhole && bytes <= mostBytes) {
    const next = await chunks.next();
    isWhole = next.done === true;
    if (next.done) break;
    held.push(next.value);
    bytes += next.value.length;
  }
  return { bytes, isWhole, all: Readable.from(heldAndRest(held, chunks), { objectMode: false }) };
}

async function* bytesOf(file: Readable) {
  for await (const chunk of file as AsyncIterable<Buffer | string>) {
    yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  }
}

async function* heldAndRest(held: Buffer[], rest: AsyncGenerator<Buffer>) {
  yield* held;
  yield* rest;
}
