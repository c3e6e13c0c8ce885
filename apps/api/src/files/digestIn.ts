import { type Request } from 'express';
import { InvalidInput } from '@muster/core/errors';

const FORM = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):\s*(?:,|$)/;

/** The SHA-256 in a request's `Content-Digest` (RFC 9530), in hexadecimal; undefined: none. Throws InvalidInput for one of another form. */
export function digestIn(req: Request): string | undefined {
  const header = req.get('content-digest');
  const [, encoded] = FORM.exec(header ?? '') ?? [];
  if (encoded !== undefined) return Buffer.from(encoded, 'base64').toString('hex');
  if (header !== undefined && /(?:^|,)\s*sha-256\s*=/i.test(header)) throw wrong('wrongForm', FORM_IN_WORDS);
  return undefined; // of another kind: nothing that we could check
}

const FORM_IN_WORDS = 'must look like sha-256=:<base64 of 32 bytes>:';

/** Throws InvalidInput where a request's `Content-Digest` is not that of the bytes that came. */
export function requireDigest(expected: string | undefined, sha256: string): void {
  if (expected === undefined || expected === sha256) return;
  throw wrong('digestMismatch', `is not that of the body that arrived, whose SHA-256 is ${sha256}`);
}

function wrong(code: string, message: string) {
  return new InvalidInput([{ field: 'Content-Digest', code, message }]);
}
