import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { type Database } from '@muster/core/database';
import { type Role } from '@muster/core/roles';

/** Who calls: the company that the key names, and what the key may do. */
export interface Caller {
  keyId: string;
  companyId: string;
  role: Role;
}

export interface NewApiKey {
  companyId: string;
  name?: string;
  role: Role;
  expiresAt?: Date | null;
}

interface KeyRow extends Caller {
  secretSha256: Buffer;
  isLive: boolean;
  isUseNoted: boolean;
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const FORM = /^mk_([0-9A-Za-z]{12})_([0-9A-Za-z_-]{43})$/;
const NO_SECRET = Buffer.alloc(32);

/** Makes a key. `key` is told this once: only a hash of it is kept. */
export async function createApiKey(db: Database, { companyId, name = '', role, expiresAt = null }: NewApiKey) {
  const id = Array.from({ length: 12 }, () => BASE62[randomInt(BASE62.length)]).join('');
  const secret = randomBytes(32).toString('base64url'); // 256 bits: nothing to gain by stretching them
  await db.execute(
    'insert into api_key (id, company_id, name, role, secret_sha256, expires_at) values ($1, $2, $3, $4, $5, $6)',
    [id, companyId, name, role, hash(secret), expiresAt],
  );
  return { id, key: `mk_${id}_${secret}` };
}

/** Who a key belongs to; undefined for one that is malformed, unknown, revoked or past its time. */
export async function findCaller(db: Database, key: string): Promise<Caller | undefined> {
  const [, id, secret] = FORM.exec(key) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  const [row] = await db.query<KeyRow>(
    `select id as "keyId", company_id as "companyId", role, secret_sha256 as "secretSha256",
       revoked_at is null and (expires_at is null or expires_at > now()) as "isLive",
       last_used_at is not null and last_used_at > now() - interval '1 minute' as "isUseNoted"
     from api_key where id = $1`,
    [id],
  );
  // the comparison is made for unknown ids too: whether an id exists takes no less time to find out than its secret
  const isRight = timingSafeEqual(hash(secret), row?.secretSha256 ?? NO_SECRET);
  if (!row || !isRight || !row.isLive) return undefined;
  if (!row.isUseNoted) await noteUse(db, id);
  return { keyId: row.keyId, companyId: row.companyId, role: row.role };
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

function hash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
