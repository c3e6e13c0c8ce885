import { createHash, type Hash, randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type NewFile } from '@muster/pipeline/ports';
import { growingBuffer } from './growingBuffer.ts';
import { type Bucket } from './openBucket.ts';
import { type PartUploads, partUploads } from './partUploads.ts';
import { s3Failure } from './s3Failure.ts';
import { sealOnce } from './sealOnce.ts';

/**
 * A file on its way into a bucket: a small one is sent at its seal, a large one in parts meanwhile. The server shows
 * neither under its key before the whole of it is there, and a seal that has an answer is durable.
 */
export function newS3File(bucket: Bucket, key: string): NewFile {
  const mark = randomUUID();
  const hash = createHash('sha256');
  const uploads = partUploads({ bucket, key, mark, onFailure: (error) => written.stream.destroy(error) });
  const written = cutIntoParts({ uploads, hash, partBytes: bucket.limits.partBytes });
  const over = finished(written.stream, { readable: false }).then(
    () => undefined,
    (error: unknown) => ({ error }), // kept for `seal`: a broken stream must not bring the process down
  );
  let sealed = false;
  const discard = async () => {
    if (sealed) return;
    written.stream.destroy();
    await over;
    await uploads.abort();
  };
  const seal = async () => {
    try {
      const broken = await over;
      if (broken) throw broken.error;
      const sha256 = hash.digest('hex');
      await giveKey({ bucket, key, mark, uploads, whole: written.rest(), sha256 });
      sealed = true;
      return { key, sizeBytes: written.sizeBytes(), sha256 };
    } catch (error) {
      throw s3Failure(error, `write ${key}`);
    } finally {
      await discard();
    }
  };
  return { stream: written.stream, seal, discard };
}

interface Giving {
  bucket: Bucket;
  key: string;
  mark: string;
  uploads: PartUploads;
  /** The whole of a file that was not begun in parts. */
  whole: Buffer;
  sha256: string;
}

async function giveKey({ bucket, key, mark, uploads, whole, sha256 }: Giving) {
  const place = { Bucket: bucket.name, Key: bucket.placeOf(key) };
  const options = () => ({ abortSignal: AbortSignal.timeout(bucket.limits.deadlineMs) });
  if (uploads.hasBegun()) {
    const parts = await uploads.finish();
    await sealOnce(bucket, { key, mark }, (onlyIfNew) =>
      bucket.s3.completeMultipartUpload({ ...place, ...parts, ...onlyIfNew }, options()),
    );
    return;
  }
  const file = { Body: whole, Metadata: { 'muster-seal': mark, 'muster-sha256': sha256 } };
  await sealOnce(bucket, { key, mark }, (onlyIfNew) =>
    bucket.s3.putObject({ ...place, ...file, ...onlyIfNew }, options()),
  );
}

/** Counts and hashes what passes, and sends each part that is full as soon as more comes. */
function cutIntoParts({ uploads, hash, partBytes }: { uploads: PartUploads; hash: Hash; partBytes: number }) {
  const part = growingBuffer(partBytes);
  let sizeBytes = 0;
  let rest: Buffer = Buffer.alloc(0);
  const write = async (chunk: Buffer) => {
    hash.update(chunk);
    sizeBytes += chunk.length;
    for (let taken = 0; taken < chunk.length;) {
      if (part.isFull()) await uploads.add(part.empty());
      taken += part.fill(chunk.subarray(taken));
    }
  };
  const end = async () => {
    rest = part.empty();
    if (!uploads.hasBegun()) return;
    await uploads.add(rest);
    await uploads.finish();
  };
  const stream = new Writable({
    highWaterMark: 1024 * 1024,
    write: (chunk: Buffer, _encoding, done) => {
      write(chunk).then(() => done(), done);
    },
    final: (done) => {
      end().then(() => done(), done);
    },
  });
  return { stream, sizeBytes: () => sizeBytes, rest: () => rest };
}
