import { type CompletedPart } from '@aws-sdk/client-s3';
import { PermanentFailure } from '@muster/core/errors';
import { multipart } from './multipart.ts';
import { type Bucket } from './openBucket.ts';
import { s3Failure } from './s3Failure.ts';

const MOST_PARTS = 10_000; // the protocol's limit

/** The parts of a large file on their way. Each that fails is sent again by itself; the whole is never begun anew. */
export interface PartUploads {
  /** Whether there is anything that has to be completed, or given up. */
  hasBegun(): boolean;
  /** Sends a part; returns once it is under way, what it fails with `onFailure` and `finish` tell. */
  add(bytes: Buffer): Promise<void>;
  /** Waits for all parts; gives what completes the file. */
  finish(): Promise<{ UploadId: string; MultipartUpload: { Parts: CompletedPart[] } }>;
  /** Gives up what there is. Never throws: what stays behind is removed by `removeUnfinished`. */
  abort(): Promise<void>;
}

export interface PartUploadsOf {
  bucket: Bucket;
  key: string;
  mark: string;
  /** Told at once where a part has failed for good. */
  onFailure: (error: Error) => void;
}

/** Begins nothing before the first part. */
export function partUploads({ bucket, key, mark, onFailure }: PartUploadsOf): PartUploads {
  const calls = multipart(bucket, { key, mark });
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();
  const sent: CompletedPart[] = [];
  let begun: Promise<string> | undefined;
  let failure: Error | undefined;
  let count = 0;

  const begin = () => (begun ??= calls.begin());
  const send = async (part: { uploadId: string; number: number; bytes: Buffer }, release: () => void) => {
    try {
      sent.push(await calls.send(part, stopping.signal));
    } catch (error) {
      failure ??= s3Failure(error, `write ${key}`);
      onFailure(failure);
    } finally {
      release();
    }
  };
  const add = async (bytes: Buffer) => {
    const number = ++count;
    if (number > MOST_PARTS) throw tooLarge(key, bucket.limits.partBytes);
    const uploadId = await begin();
    const release = await bucket.parts.take();
    if (stopping.signal.aborted) {
      release();
      return;
    }
    const sending = send({ uploadId, number, bytes }, release).finally(() => underWay.delete(sending));
    underWay.add(sending);
  };
  const finish = async () => {
    await Promise.all(underWay);
    if (failure) throw failure;
    const Parts = sent.sort((a, b) => Number(a.PartNumber) - Number(b.PartNumber));
    return { UploadId: await begin(), MultipartUpload: { Parts } };
  };
  const abort = async () => {
    stopping.abort();
    const uploadId = await begun?.catch(() => undefined);
    await Promise.all(underWay); // a part that arrives after the end would lie there for ever
    if (uploadId !== undefined) await calls.abort(uploadId).catch(() => undefined);
  };
  return { hasBegun: () => begun !== undefined, add, finish, abort };
}

const tooLarge = (key: string, partBytes: number) =>
  new PermanentFailure(
    'fileTooLarge',
    `${key} is larger than ${Math.floor((MOST_PARTS * partBytes) / 1024 ** 3)} GiB, the most here`,
  );
