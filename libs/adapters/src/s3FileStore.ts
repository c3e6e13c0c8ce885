import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { TemporaryFailure } from '@muster/core/errors';
import { type S3Address } from '@muster/core/fileStoreUrl';
import { type FileStore } from '@muster/pipeline/ports';
import { checkedKey, checkedPrefix } from './files/checkedKey.ts';
import { localFailure } from './files/localFailure.ts';
import { newS3File } from './s3/newS3File.ts';
import { type Bucket, openBucket, type S3Limits } from './s3/openBucket.ts';
import { readS3File } from './s3/readS3File.ts';
import { abortUploads, removeObjects } from './s3/removeObjects.ts';

export interface S3FileStoreOptions {
  address: S3Address;
  /** Where local copies are made; default: the system's temporary directory. */
  spoolDirectory?: string;
  /** For tests: what is shorter than usual. */
  limits?: Partial<S3Limits>;
}

/**
 * Keeps files in a bucket of an S3-compatible server, for workers on several hosts. A key is an object below the prefix;
 * a file is there under its key only when it is whole and durable.
 */
export function s3FileStore({
  address,
  spoolDirectory = tmpdir(),
  limits,
}: S3FileStoreOptions): FileStore & { close(): void } {
  const bucket = openBucket(address, limits);
  return {
    create: async (key) => newS3File(bucket, checkedKey(key)),
    read: async (key, range) => (await readS3File(bucket, checkedKey(key), range)).stream,
    withLocalCopy: async (key, use) => {
      const directory = await mkdtemp(join(spoolDirectory, 'muster-copy-')).catch((error: unknown) => {
        throw localFailure(error, `copy ${key}`);
      });
      try {
        return await use(await copyTo({ bucket, key: checkedKey(key), path: join(directory, 'copy') }));
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
    removeAll: async (prefix) => {
      await abortUploads(bucket, checkedPrefix(prefix)); // first: none of them is to come out whole afterwards
      await removeObjects(bucket, prefix);
    },
    removeUnfinished: (before) => abortUploads(bucket, '', before),
    close: () => bucket.close(),
  };
}

/** Copies a file to the local disk, and makes sure that it is the whole of it; gives the path. */
async function copyTo({ bucket, key, path }: { bucket: Bucket; key: string; path: string }): Promise<string> {
  const { stream, sizeBytes, sha256 } = await readS3File(bucket, key);
  const hash = createHash('sha256');
  let copiedBytes = 0;
  const counted = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      copiedBytes += chunk.length;
      yield chunk;
    }
  };
  await pipeline(stream, counted, createWriteStream(path, { mode: 0o600 })).catch((error: unknown) => {
    throw localFailure(error, `copy ${key}`);
  });
  const isWhole = copiedBytes === sizeBytes && (sha256 === undefined || sha256 === hash.digest('hex'));
  if (!isWhole) throw new TemporaryFailure('fileStoreUnavailable', `${key} arrived otherwise than it was sealed`);
  return path;
}
