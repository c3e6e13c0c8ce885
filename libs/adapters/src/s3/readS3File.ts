import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { type GetObjectOutput } from '@aws-sdk/client-s3';
import { NotFound, PermanentFailure } from '@muster/core/errors';
import { type Bucket } from './openBucket.ts';
import { s3Failure, s3NameOf, s3StatusOf } from './s3Failure.ts';

const FIRST_WAIT_MS = 200;

/** A file that is being read. */
export interface OpenedFile {
  stream: Readable;
  /** How many bytes there will be, no more and no less. */
  sizeBytes: number;
  /** Where the file was small enough to carry it. */
  sha256: string | undefined;
}

/**
 * Opens a file, or a part of it, both ends included. Where the connection breaks it goes on at the byte where it stopped,
 * of the very same file: the stream ends after its last byte or with an error, and is never a mixture.
 * Throws NotFound `fileNotFound`.
 */
export async function readS3File(
  bucket: Bucket,
  key: string,
  range?: { start: number; end: number },
): Promise<OpenedFile> {
  const closing = new AbortController();
  const doing = `read ${key}`;
  const get = async (from: Range) => {
    const place = { Bucket: bucket.name, Key: bucket.placeOf(key), ...from };
    const answer = await bucket.s3.getObject(place, { abortSignal: closing.signal });
    requireRange(answer, from.start, key);
    return answer;
  };
  const first = await get(range ? { ...rangeOf(range), start: range.start } : { start: 0 }).catch((error: unknown) => {
    if (range && s3NameOf(error) === 'InvalidRange') return undefined; // begins behind the end: nothing to read
    throw s3NameOf(error) === 'NoSuchKey' ? fileNotFound(key) : s3Failure(error, doing);
  });
  const sizeBytes = first?.ContentLength ?? 0;
  const start = range?.start ?? 0;
  const pieces = first ? readOn({ bucket, key, get, first, start, end: start + sizeBytes, closing }) : [];
  const stream = Readable.from(pieces, { objectMode: false, highWaterMark: 256 * 1024 });
  stream.once('close', () => closing.abort()); // whoever stops reading in the middle frees the connection
  return { stream, sizeBytes, sha256: range ? undefined : first?.Metadata?.['muster-sha256'] };
}

type Range = { Range?: string; IfMatch?: string; start: number };

interface Reading {
  bucket: Bucket;
  key: string;
  get: (from: Range) => Promise<GetObjectOutput>;
  first: GetObjectOutput;
  start: number;
  /** Behind the last byte. */
  end: number;
  closing: AbortController;
}

async function* readOn({ bucket, key, get, first, start, end, closing }: Reading): AsyncGenerator<Buffer> {
  let at = start;
  let answer: GetObjectOutput | undefined = first;
  for (let failures = 0; at < end;) {
    try {
      answer ??= await get({ ...rangeOf({ start: at, end: end - 1 }), ...sameAs(first), start: at });
      for await (const piece of withoutLongSilence(answer.Body as Readable, bucket.limits.idleMs)) {
        if (at + piece.length > end) throw changed(key);
        at += piece.length;
        failures = 0;
        yield piece;
      }
      if (at < end) throw Object.assign(new Error('ended early'), { code: 'endedEarly' });
    } catch (error) {
      answer = undefined;
      if (closing.signal.aborted) return;
      if (s3StatusOf(error) === 412 || s3NameOf(error) === 'NoSuchKey') throw changed(key);
      const failure = s3Failure(error, `read ${key}`);
      if (failure.name !== 'TemporaryFailure' || ++failures >= bucket.limits.tries) throw failure;
      await pause(Math.random() * FIRST_WAIT_MS * 2 ** failures);
    }
  }
}

/** The pieces of a body; one that falls silent is broken off. Whoever takes long with a piece is not held against it. */
async function* withoutLongSilence(body: Readable, idleMs: number): AsyncGenerator<Buffer> {
  const pieces = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  try {
    for (;;) {
      const silence = setTimeout(() => body.destroy(Object.assign(new Error('silent'), { code: 'ETIMEDOUT' })), idleMs);
      const piece = await pieces.next().finally(() => clearTimeout(silence));
      if (piece.done) return;
      yield piece.value;
    }
  } finally {
    body.destroy();
  }
}

const rangeOf = ({ start, end }: { start: number; end: number }) => ({ Range: `bytes=${start}-${end}` });
const sameAs = ({ ETag }: GetObjectOutput) => (ETag === undefined ? {} : { IfMatch: ETag });

/** A server that leaves a range aside would give the file from its beginning: that must not pass for its middle. */
function requireRange(answer: GetObjectOutput, start: number, key: string) {
  const from = /^bytes (\d+)-/.exec(answer.ContentRange ?? '')?.[1] ?? '0';
  if (Number(from) === start) return;
  (answer.Body as Readable).destroy();
  throw new PermanentFailure('fileStoreUnsuitable', `the file store does not know ranges, which reading ${key} needs`);
}

const changed = (key: string) =>
  new PermanentFailure('fileChanged', `${key} was changed or removed in the file store while it was read`);

const fileNotFound = (key: string) => new NotFound('fileNotFound', `there is no file ${key} in the store`);
