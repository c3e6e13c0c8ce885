import { type CompletedPart } from '@aws-sdk/client-s3';
import { type Bucket } from './openBucket.ts';

/** The calls by which a large file is sent in parts. */
export interface Multipart {
  begin(): Promise<string>;
  send(part: { uploadId: string; number: number; bytes: Buffer }, signal: AbortSignal): Promise<CompletedPart>;
  /** Gives up what there is. */
  abort(uploadId: string): Promise<void>;
}

/** Calls for one key; each within the bucket's deadline and tries. */
export function multipart(bucket: Bucket, { key, mark }: { key: string; mark: string }): Multipart {
  const place = { Bucket: bucket.name, Key: bucket.placeOf(key) };
  const Metadata = { 'muster-seal': mark };
  const doing = `write ${key}`;
  return {
    begin: async () => {
      const begun = await bucket.ask(doing, (options) =>
        bucket.s3.createMultipartUpload({ ...place, Metadata }, options),
      );
      return begun.UploadId ?? '';
    },
    send: async ({ uploadId, number, bytes }, signal) => {
      const part = { ...place, UploadId: uploadId, PartNumber: number, Body: bytes };
      const { ETag } = await bucket.ask(doing, ({ abortSignal }) =>
        bucket.s3.uploadPart(part, { abortSignal: AbortSignal.any([abortSignal, signal]) }),
      );
      return { PartNumber: number, ETag };
    },
    abort: async (UploadId) => {
      await bucket.ask(doing, (options) => bucket.s3.abortMultipartUpload({ ...place, UploadId }, options));
    },
  };
}
