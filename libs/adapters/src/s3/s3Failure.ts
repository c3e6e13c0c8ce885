import { Conflict, MusterError, NotFound, PermanentFailure, TemporaryFailure } from '@muster/core/errors';

const NO_RIGHT = ['AccessDenied', 'AllAccessDisabled', 'InvalidAccessKeyId', 'SignatureDoesNotMatch', 'AccountProblem'];
const WRONG_REGION = ['PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException'];
const NO_ROOM = ['QuotaExceeded', 'QuotaExceededException', 'XMinioStorageFull', 'InsufficientStorage'];
const PASSING_403 = [...NO_ROOM, 'RequestTimeTooSkewed', 'ExpiredToken']; // Ceph says of a full quota that it is forbidden

/** What an answer of the server, or its absence, means. `doing` reads "write runs/1/a.csv". Nothing of the request is kept. */
export function s3Failure(error: unknown, doing: string): MusterError {
  if (error instanceof MusterError) return error;
  const name = s3NameOf(error);
  const status = s3StatusOf(error);
  const details = { code: name, ...(status !== undefined && { status }) };
  if (name === 'NoSuchKey')
    return new NotFound('fileNotFound', `there is no such file in the store to ${doing}`, { details });
  if (name === 'NoSuchBucket')
    return new TemporaryFailure(
      'fileStoreMissing',
      `could not ${doing}: there is no such bucket; make it, or mend FILE_STORE_URL`,
      { details },
    );
  if (WRONG_REGION.includes(name) || status === 301)
    return new PermanentFailure(
      'fileStoreDenied',
      `could not ${doing} (${name}): the bucket is in another region; write it as region=… in FILE_STORE_URL`,
      { details },
    );
  if (NO_RIGHT.includes(name) || (status === 403 && !PASSING_403.includes(name))) return denied(doing, details);
  return later({ name, status, doing, details });
}

const denied = (doing: string, details: { code: string }) =>
  new PermanentFailure(
    'fileStoreDenied',
    `not allowed to ${doing} (${details.code}); give the credentials of this process s3:GetObject, s3:PutObject, ` +
      's3:DeleteObject, s3:AbortMultipartUpload, s3:ListBucket and s3:ListBucketMultipartUploads on the bucket',
    { details },
  );

function later(of: { name: string; status: number | undefined; doing: string; details: { code: string } }) {
  const { name, status, doing, details } = of;
  if (name === 'CredentialsProviderError')
    return new TemporaryFailure(
      'fileStoreNoCredentials',
      `could not ${doing}: there are no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the host a role`,
      { details },
    );
  if (NO_ROOM.includes(name) || status === 507)
    return new TemporaryFailure('fileStoreFull', `no room left to ${doing} (${name}); make room in the file store`, {
      details,
    });
  return new TemporaryFailure('fileStoreUnavailable', `could not ${doing} (${name})`, { details });
}

/** That a key is taken, and by another file. */
export const fileSealed = (key: string) =>
  new Conflict('fileSealed', `there is a file ${key} already, and it never changes`);

/** The HTTP status of the server's answer, where there was one. */
export function s3StatusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode;
}

/** The error's code in S3's words, or the system's: `NoSuchKey`, `ECONNREFUSED`. */
export function s3NameOf(error: unknown): string {
  const { Code, code, name } = (error ?? {}) as { Code?: unknown; code?: unknown; name?: unknown };
  const found = [Code, code, name].find((word) => typeof word === 'string' && word !== 'Error' && word !== 'Unknown');
  return typeof found === 'string' ? found.slice(0, 100) : 'unknown';
}
