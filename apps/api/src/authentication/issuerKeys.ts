import { createLocalJWKSet, createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';
import { TemporaryFailure } from '@muster/core/errors';
import { type TokenIssuer } from '@muster/runtime/tokenIssuersFrom';

const LARGEST_BYTES = 1_000_000;
const FORGET_AFTER_MS = 600_000; // a key that its issuer has withdrawn opens nothing after that

export interface KeyTimes {
  answerWithinMs: number;
  /** How soon after an answer a `kid` that is not known makes the issuer be asked again. */
  askAgainAfterMs: number;
  /** For how long an issuer that has failed is not asked: not every request must wait for it. */
  leaveAloneMs: number;
}

/**
 * The public keys of an issuer, by the `kid` of a token and never by an address in it. An address is asked when first
 * needed and when a `kid` is new. Throws TemporaryFailure `issuerUnavailable`: nothing is known of the token then.
 */
export function issuerKeys({ issuer, jwksUrl, jwks }: TokenIssuer, times: KeyTimes): JWTVerifyGetKey {
  if (jwks) return createLocalJWKSet(jwks);
  if (jwksUrl === undefined) throw new Error(`the issuer ${issuer} has no keys`);
  const keys = createRemoteJWKSet(new URL(jwksUrl), {
    timeoutDuration: times.answerWithinMs,
    cooldownDuration: times.askAgainAfterMs,
    cacheMaxAge: FORGET_AFTER_MS,
    [customFetch]: fetchBounded,
  });
  let awayUntil = 0;
  return async (header, token) => {
    const isKnown = () => keys.fresh && keys.jwks()?.keys.some(({ kid }) => kid === header.kid);
    // whoever makes up a kid while the issuer is away must not shut out those whose keys are known
    if (performance.now() < awayUntil && !isKnown()) throw away();
    try {
      return await keys(header, token);
    } catch (error) {
      if (isOfToken(error)) throw error;
      awayUntil = performance.now() + times.leaveAloneMs;
      throw away(error);
    }
  };
}

/** The issuer has answered, and has no such key. */
function isOfToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}

function away(cause?: unknown) {
  return new TemporaryFailure('issuerUnavailable', 'the issuer of this token cannot be asked for its keys just now', {
    cause,
  });
}

/** What `fetch` would give, but never more of it than a key set can be. */
async function fetchBounded(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > LARGEST_BYTES) throw new Error(`the key set is larger than ${LARGEST_BYTES} bytes`); // ends the answer, too
    chunks.push(chunk);
  }
  return new Response(Buffer.concat(chunks), { status: response.status });
}
