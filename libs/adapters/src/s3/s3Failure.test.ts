import { NotFound } from '@muster/core/errors';
import { s3Failure } from './s3Failure.ts';

describe('s3Failure', () => {
  it.each([
    ['NoSuchKey', 404, 'NotFound', 'fileNotFound'],
    ['NoSuchBucket', 404, 'TemporaryFailure', 'fileStoreMissing'],
    ['NoSuchUpload', 404, 'TemporaryFailure', 'fileStoreUnavailable'],
    ['AccessDenied', 403, 'PermanentFailure', 'fileStoreDenied'],
    ['SignatureDoesNotMatch', 403, 'PermanentFailure', 'fileStoreDenied'],
    ['Forbidden', 403, 'PermanentFailure', 'fileStoreDenied'],
    ['RequestTimeTooSkewed', 403, 'TemporaryFailure', 'fileStoreUnavailable'],
    ['ExpiredToken', 400, 'TemporaryFailure', 'fileStoreUnavailable'],
    ['PermanentRedirect', 301, 'PermanentFailure', 'fileStoreDenied'],
    ['CredentialsProviderError', undefined, 'TemporaryFailure', 'fileStoreNoCredentials'],
    ['QuotaExceeded', 403, 'TemporaryFailure', 'fileStoreFull'],
    ['InsufficientStorage', 507, 'TemporaryFailure', 'fileStoreFull'],
    ['SlowDown', 503, 'TemporaryFailure', 'fileStoreUnavailable'],
    ['TimeoutError', undefined, 'TemporaryFailure', 'fileStoreUnavailable'],
  ])('turns %s (%s) into a %s: %s', (word, httpStatusCode, ...expected) => {
    const [name, code] = expected;
    const error = Object.assign(new Error('words'), { name: word, $metadata: { httpStatusCode } });

    expect(s3Failure(error, 'write a.csv')).toMatchObject({ name, code });
  });

  it('keeps nothing of the request, in which there is a signature', () => {
    const error = Object.assign(new Error('canary'), { $response: { headers: { authorization: 'canary' } } });

    const failure = s3Failure(error, 'write a.csv');

    expect(JSON.stringify([failure.message, failure.details, failure.cause ?? null])).not.toContain('canary');
  });

  it('hands our own errors on', () => {
    const ours = new NotFound('fileNotFound', 'gone');

    expect(s3Failure(ours, 'write a.csv')).toBe(ours);
  });
});
