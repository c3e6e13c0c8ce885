import { createHash } from 'node:crypto';
import { S3, type S3ClientConfig } from '@aws-sdk/client-s3';
import { type S3Address } from '@muster/core/fileStoreUrl';
import { s3Failure } from './s3Failure.ts';
import { type Slots, slots } from './slots.ts';

/** How long the server may be silent, and how often it is asked. Nothing here is a setting: tests have no hours. */
export interface S3Limits {
  /** Until there is a connection. */
  connectMs: number;
  /** From a request, with its body, to the head of the answer. */
  answerMs: number;
  /** Between two pieces of a file that is read. */
  idleMs: number;
  /** For one call with all its tries. */
  deadlineMs: number;
  /** How often a request is sent before it has failed, with growing waits of random length between. */
  tries: number;
  /** The size of a part of a large file; all but the last have it. The protocol wants at least 5 MiB. */
  partBytes: number;
  /** Parts under way at a time, of all files together: what they hold in memory. */
  partsAtOnce: number;
  /** How many keys are listed and removed at a time; the protocol's most is 1000. */
  pageKeys: number;
}

const MEGABYTE = 1024 * 1024;
const USUAL: S3Limits = {
  connectMs: 5_000,
  answerMs: 60_000,
  idleMs: 30_000,
  deadlineMs: 300_000,
  tries: 5,
  partBytes: 8 * MEGABYTE,
  partsAtOnce: 6,
  pageKeys: 1000,
};

/** A bucket that is asked within limits. */
export interface Bucket {
  s3: S3;
  name: string;
  /** Where a key of ours lies in the bucket. */
  placeOf(key: string): string;
  limits: S3Limits;
  parts: Slots;
  /** Whether the server refuses to overwrite where it is asked to; true until it says that it cannot. */
  knowsConditions: boolean;
  /** One call within the deadline; its failure is one of ours. `doing` reads "write runs/1/a.csv". */
  ask<Answer>(doing: string, call: (options: { abortSignal: AbortSignal }) => Promise<Answer>): Promise<Answer>;
  /** Gives the connections back. */
  close(): void;
}

/** Opens a bucket; connects to nothing yet. Credentials are found as Amazon's SDK does, first in `AWS_ACCESS_KEY_ID`. */
export function openBucket(address: S3Address, limits: Partial<S3Limits> = {}): Bucket {
  const all = { ...USUAL, ...limits };
  const s3 = new S3(configOf(address, all));
  addContentMd5(s3);
  return {
    s3,
    name: address.bucket,
    placeOf: (key) => `${address.prefix}${key}`,
    limits: all,
    parts: slots(all.partsAtOnce),
    knowsConditions: true,
    ask: async (doing, call) => {
      try {
        return await call({ abortSignal: AbortSignal.timeout(all.deadlineMs) });
      } catch (error) {
        throw s3Failure(error, doing);
      }
    },
    close: () => s3.destroy(),
  };
}

const silent = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet }; // it would print to the console
function quiet() {}

function configOf(address: S3Address, limits: S3Limits): S3ClientConfig {
  return {
    ...(address.region !== undefined && { region: address.region }),
    ...(address.endpoint !== undefined && { endpoint: address.endpoint }),
    forcePathStyle: address.pathStyle,
    maxAttempts: limits.tries,
    retryMode: 'standard',
    // the signature covers the bytes already; the newer checksums are unknown to most servers but Amazon's
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    logger: silent,
    requestHandler: {
      connectionTimeout: limits.connectMs,
      requestTimeout: limits.answerMs,
      throwOnRequestTimeout: true,
      logger: silent,
    },
  };
}

/** Where a checksum is required the SDK sends one of Amazon's newer kinds; other servers want the old one. */
function addContentMd5(s3: S3) {
  s3.middlewareStack.add(
    (next, context) => (args) => {
      const request = args.request as { headers: Record<string, string>; body?: unknown };
      if (context['commandName'] === 'DeleteObjectsCommand' && typeof request.body === 'string')
        request.headers['content-md5'] = createHash('md5').update(request.body).digest('base64');
      return next(args);
    },
    { step: 'build', name: 'addContentMd5', priority: 'low' },
  );
}
