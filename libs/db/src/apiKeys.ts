import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type Database } from '@muster/core/database';
import { type Role, type Scope, scopesOf } from '@muster/core/roles';
import { ORGANISATION, type Organisation, organisationOf, type StoredOrganisation } from './sms/organisation.ts';

/** Who calls: the company that the credential names, and what may be done with it. */
export interface Caller {
  companyId: string;
  role: Role;
  /** Those of the role that the key or token was not narrowed to are not among them. */
  scopes: readonly Scope[];
  /** Of a key its id, of a token `jwt:` and a hash of its subject: fit for logs. */
  keyId: string;
  rateLimits?: RateLimits;
  /** The company as the SMS API knows it: of keys only. */
  organisation?: Organisation;
}

/** Limits of a company's own, instead of the operator's; 0 is none. */
export interface RateLimits {
  /** Of a credential. */
  requestsPerMinute?: number;
  companyRequestsPerMinute?: number;
  runStartsPerMinute?: number;
}

export interface NewApiKey {
  companyId: string;
  name?: string;
  role: Role;
  /** Narrow the role; null or absent leaves it whole. */
  scopes?: readonly Scope[] | null;
  expiresAt?: Date | null;
}

/** A key as its company sees it: without anything that the key could be made from. */
export interface ApiKeyView {
  id: string;
  name: string;
  role: Role;
  scopes: Scope[] | null;
  state: 'live' | 'expired' | 'revoked';
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
}

interface KeyRow {
  keyId: string;
  companyId: string;
  role: Role;
  scopes: string[] | null;
  rateLimits: RateLimits | null;
  organisation: StoredOrganisation;
  secretSha256: Buffer;
  isLive: boolean;
  isUseNoted: boolean;
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CHECK_LENGTH = 6; // 62^6 > 2^32
/** Id, secret and checksum; the keys of the first version have no checksum. */
const FORM = /^mk_([0-9A-Za-z]{12})_([0-9A-Za-z_-]{43})([0-9A-Za-z]{6})?$/;
const NO_SECRET = Buffer.alloc(32);

/** Makes a key; further ones of a company may live beside it. `key` is told this once: only a hash of it is kept. */
export async function createApiKey(db: Database, { companyId, name = '', role, ...rest }: NewApiKey) {
  const { scopes = null, expiresAt = null } = rest;
  const id = Array.from({ length: 12 }, () => BASE62[randomInt(BASE62.length)]).join('');
  const secret = randomBytes(32).toString('base64url'); // 256 bits: nothing to gain by stretching them
  await db.execute(
    `insert into api_key (id, company_id, name, role, scopes, secret_sha256, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [id, companyId, name, role, scopes, hash(secret), expiresAt],
  );
  const unchecked = `mk_${id}_${secret}`;
  return { id, key: unchecked + checksumOf(unchecked) };
}

/** Who a key belongs to; undefined for one that is malformed, unknown, revoked or past its time. */
export async function findCaller(db: Database, key: string): Promise<Caller | undefined> {
  const { id, secret } = partsOf(key) ?? {};
  if (id === undefined || secret === undefined) return undefined;
  const [row] = await db.query<KeyRow>(
    `select api_key.id as "keyId", company_id as "companyId", role, scopes, company.rate_limits as "rateLimits",
       ${ORGANISATION} as organisation, secret_sha256 as "secretSha256", revoked_at is null and (expires_at is null or expires_at > now()) as "isLive",
       last_used_at is not null and last_used_at > now() - interval '1 minute' as "isUseNoted"
     from api_key join company on company.id = company_id where api_key.id = $1`,
    [id],
  );
  // the comparison is made for unknown ids too: whether an id exists takes no less time to find out than its secret
  const isRight = timingSafeEqual(hash(secret), row?.secretSha256 ?? NO_SECRET);
  if (!row || !isRight || !row.isLive) return undefined;
  if (!row.isUseNoted) await noteUse(db, id);
  const { keyId, companyId, role, scopes, rateLimits } = row;
  const organisation = organisationOf(row.organisation);
  return { keyId, companyId, role, scopes: scopesOf(role, scopes), ...(rateLimits && { rateLimits }), organisation };
}

/** The rate limits of a company, null where it has none of its own; undefined for a company that is not there. */
export async function findRateLimits(db: Database, companyId: string): Promise<RateLimits | null | undefined> {
  const [row] = await db.query<{ rateLimits: RateLimits | null }>(
    'select rate_limits as "rateLimits" from company where id = $1',
    [companyId],
  );
  return row?.rateLimits;
}

/** All keys of a company, newest first, ended ones too. */
export async function listApiKeys(db: Database, companyId: string): Promise<ApiKeyView[]> {
  return db.query<ApiKeyView>(
    `select id, name, role, scopes,
       case when revoked_at is not null then 'revoked' when expires_at <= now() then 'expired' else 'live' end as state,
       created_at as "createdAt", expires_at as "expiresAt", revoked_at as "revokedAt", last_used_at as "lastUsedAt"
     from api_key where company_id = $1 order by created_at desc, id`,
    [companyId],
  );
}

/** Ends a key for good; false where there is none. */
export async function revokeApiKey(db: Database, id: string): Promise<boolean> {
  return (await db.execute('update api_key set revoked_at = coalesce(revoked_at, now()) where id = $1', [id])) > 0;
}

/** At most once a minute: a busy key must not mean a write per request. */
async function noteUse(db: Database, id: string) {
  await db.execute(
    `update api_key set last_used_at = now()
     where id = $1 and (last_used_at is null or last_used_at <= now() - interval '1 minute')`,
    [id],
  );
}

/** Id and secret; undefined for what cannot be a key: a slip of the keyboard costs no query. */
function partsOf(key: string): { id: string; secret: string } | undefined {
  const [, id, secret, checksum] = FORM.exec(key) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  if (checksum !== undefined && checksum !== checksumOf(`mk_${id}_${secret}`)) return undefined;
  return { id, secret };
}

/** No secret is in it: it tells typos, and the false finds of programs that look for keys, from keys. */
function checksumOf(text: string): string {
  let rest = crc32(text);
  let digits = '';
  while (digits.length < CHECK_LENGTH) {
    digits = `${BASE62[rest % BASE62.length]}${digits}`;
    rest = Math.floor(rest / BASE62.length);
  }
  return digits;
}

function hash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
