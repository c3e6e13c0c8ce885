import { createHash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { TemporaryFailure } from '@muster/core/errors';
import { type Role, roles, scopesOf } from '@muster/core/roles';
import { type Caller } from '@muster/db/apiKeys';
import { type Keyring } from '@muster/db/keyring';
import { type TokenIssuer } from '@muster/runtime/tokenIssuersFrom';
import { issuerKeys, type KeyTimes } from './issuerKeys.ts';

/** Signatures by a private key only: with a shared secret, whoever can check a token could make one. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const CLOCKS_DIFFER_S = 30;
const TIMES: KeyTimes = { answerWithinMs: 5_000, askAgainAfterMs: 10_000, leaveAloneMs: 5_000 };
const COMPANY_ID = /^CP-[A-Z0-9]{1,20}-[A-Z0-9]{1,20}$/;

export interface Tokens {
  /** Who a token speaks for; undefined for one that opens nothing. */
  find(token: string): Promise<Caller | undefined>;
}

export interface TokenOptions {
  issuers: readonly TokenIssuer[];
  companies: Pick<Keyring, 'findRateLimits'>;
  /** The longest from `iat` to `exp`. */
  maxAgeMs: number;
  times?: Partial<KeyTimes>;
}

interface KnownIssuer extends Pick<TokenIssuer, 'issuer' | 'audience'> {
  /** Undefined: it speaks for all. */
  speaksFor: readonly string[] | undefined;
  keys: JWTVerifyGetKey;
}

/**
 * Checks bearer tokens (JWT) of the operator's issuers. Finding throws TemporaryFailure `issuerUnavailable` where the keys
 * cannot be had.
 */
export function openTokens({ issuers, companies, maxAgeMs, times }: TokenOptions): Tokens {
  const known = new Map<string, KnownIssuer>();
  for (const entry of issuers) {
    const { issuer, audience, companies: speaksFor } = entry;
    known.set(issuer, { issuer, audience, speaksFor, keys: issuerKeys(entry, { ...TIMES, ...times }) });
  }
  return {
    find: async (token) => {
      const issuer = known.get(claimedIssuer(token) ?? '');
      const claims = issuer && (await verify(token, issuer, maxAgeMs / 1000));
      return claims && maySpeakFor(issuer, claims) ? callerFrom(claims, companies) : undefined;
    },
  };
}

/** Who a token says it is from, not yet believed; undefined where it cannot be read or names no key. */
function claimedIssuer(token: string): string | undefined {
  try {
    const { kid } = decodeProtectedHeader(token);
    return typeof kid === 'string' ? decodeJwt(token).iss : undefined;
  } catch {
    return undefined;
  }
}

async function verify(token: string, { issuer, audience, keys }: KnownIssuer, maxAgeS: number) {
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ALGORITHMS,
      issuer,
      audience,
      requiredClaims: ['exp', 'iat', 'sub'],
      clockTolerance: CLOCKS_DIFFER_S,
      maxTokenAge: maxAgeS, // refuses an iat of the future as well
    });
    return (payload.exp ?? Infinity) - (payload.iat ?? 0) <= maxAgeS ? payload : undefined;
  } catch (error) {
    if (error instanceof TemporaryFailure) throw error;
    return undefined; // whatever else cannot be verified is not verified: there are many ways to build a bad token
  }
}

/** One lender's own issuer speaks for no other lender. */
function maySpeakFor({ speaksFor }: KnownIssuer, { company_id: companyId }: JWTPayload): boolean {
  return speaksFor === undefined || speaksFor.includes(String(companyId));
}

async function callerFrom(claims: JWTPayload, companies: TokenOptions['companies']): Promise<Caller | undefined> {
  const { company_id: companyId, role, scope, iss, sub } = claims as Record<string, unknown>;
  if (typeof companyId !== 'string' || !COMPANY_ID.test(companyId)) return undefined;
  if (!isRole(role) || typeof sub !== 'string' || sub === '') return undefined;
  if (scope !== undefined && typeof scope !== 'string') return undefined;
  const rateLimits = await companies.findRateLimits(companyId);
  if (rateLimits === undefined) return undefined;
  return {
    companyId,
    role,
    scopes: scopesOf(role, scope?.split(' ')),
    keyId: `jwt:${shortHash(JSON.stringify([iss, sub]))}`, // a subject may be somebody's name
    ...(rateLimits && { rateLimits }),
  };
}

function isRole(role: unknown): role is Role {
  return (roles as readonly unknown[]).includes(role);
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}
