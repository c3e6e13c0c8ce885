import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { type Bucket } from './openBucket.ts';
import { s3NameOf, s3StatusOf } from './s3Failure.ts';

/** Removes all objects below a prefix, a page at a time. */
export async function removeObjects(bucket: Bucket, prefix: string): Promise<void> {
  const doing = `remove ${prefix}`;
  const place = { Bucket: bucket.name, Prefix: bucket.placeOf(prefix), MaxKeys: bucket.limits.pageKeys };
  for (let token: string | undefined; ;) {
    const next = token === undefined ? {} : { ContinuationToken: token };
    const page = await bucket.ask(doing, (options) => bucket.s3.listObjectsV2({ ...place, ...next }, options));
    const Objects = (page.Contents ?? []).map(({ Key }) => ({ Key }));
    if (Objects.length > 0) await removePage(bucket, doing, Objects);
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
    if (token === undefined) return;
  }
}

async function removePage(bucket: Bucket, doing: string, Objects: { Key: string | undefined }[]) {
  const Delete = { Objects, Quiet: true };
  const { Errors = [] } = await bucket.ask(doing, (options) =>
    bucket.s3.deleteObjects({ Bucket: bucket.name, Delete }, options),
  );
  const [error] = Errors.filter(({ Code }) => Code !== 'NoSuchKey'); // gone already: fine
  if (!error) return;
  const words = `could not ${doing}: ${Errors.length} files were kept (${error.Code ?? 'unknown'})`;
  const details = { code: error.Code ?? 'unknown' };
  throw error.Code === 'AccessDenied'
    ? new PermanentFailure('fileStoreDenied', `${words}; give the credentials s3:DeleteObject`, { details })
    : new TemporaryFailure('fileStoreUnavailable', words, { details });
}

/** Gives up all uploads in parts below a prefix that were begun before a moment; gives how many there were. */
export async function abortUploads(bucket: Bucket, prefix: string, before?: Date): Promise<number> {
  const doing = `remove what was begun below ${prefix || 'the file store'}`;
  const place = { Bucket: bucket.name, Prefix: bucket.placeOf(prefix), MaxUploads: bucket.limits.pageKeys };
  let aborted = 0;
  for (let after: { KeyMarker?: string; UploadIdMarker?: string } = {}; ;) {
    const from = after;
    const page = await bucket.ask(doing, (options) =>
      bucket.s3.listMultipartUploads({ ...place, ...from }, options).catch(noneWhereUnknown),
    );
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      if (before && !(Initiated && Initiated < before)) continue;
      const upload = { Bucket: bucket.name, Key, UploadId };
      await bucket.ask(doing, (options) => bucket.s3.abortMultipartUpload(upload, options).catch(fineWhereGone));
      aborted++;
    }
    if (!page.IsTruncated || !page.NextKeyMarker) return aborted;
    after = {
      KeyMarker: page.NextKeyMarker,
      ...(page.NextUploadIdMarker && { UploadIdMarker: page.NextUploadIdMarker }),
    };
  }
}

/** A server that cannot tell of them is left to clear up by itself. */
function noneWhereUnknown(error: unknown): { Uploads?: never[]; IsTruncated?: false; NextKeyMarker?: string } {
  if (s3StatusOf(error) === 501) return {};
  throw error;
}

function fineWhereGone(error: unknown) {
  if (s3NameOf(error) !== 'NoSuchUpload') throw error;
}
