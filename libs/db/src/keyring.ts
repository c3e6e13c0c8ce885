import { createHash } from 'node:crypto';
import { type Database } from '@muster/core/database';
import { type Caller, findCaller, findRateLimits, type RateLimits } from './apiKeys.ts';

const MOST_REMEMBERED = 1_000;

export interface Keyring {
  /** Who a key belongs to; undefined for one that opens nothing. */
  find(key: string): Promise<Caller | undefined>;
  /** What a token's company is allowed, null where it has nothing of its own; undefined for one that is not there. */
  findRateLimits(companyId: string): Promise<RateLimits | null | undefined>;
}

/**
 * Looks keys and companies up, and remembers what was found for `rememberMs`, so that a busy key costs no query per
 * request. A key that is revoked goes on working for that long at most.
 */
export function openKeyring(db: Database, { rememberMs }: { rememberMs: number }): Keyring {
  return {
    find: remembering(rememberMs, (key) => findCaller(db, key)),
    findRateLimits: remembering(rememberMs, (companyId) => findRateLimits(db, companyId)),
  };
}

/** What is not found is not remembered: a key that was made just now works. Who asks meanwhile gets the same answer. */
function remembering<Found>(rememberMs: number, look: (name: string) => Promise<Found | undefined>) {
  const remembered = new Map<string, { found: Found; until: number }>();
  const looking = new Map<string, Promise<Found | undefined>>();
  const lookOnce = (name: string, hashed: string) => {
    const known = looking.get(hashed) ?? look(name).finally(() => looking.delete(hashed));
    looking.set(hashed, known);
    return known;
  };
  return async (name: string): Promise<Found | undefined> => {
    const hashed = createHash('sha256').update(name).digest('base64'); // a dump of the memory should hold no keys
    const known = remembered.get(hashed);
    if (known && known.until > performance.now()) return known.found;
    remembered.delete(hashed);
    const found = await lookOnce(name, hashed);
    if (found !== undefined && rememberMs > 0) {
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      remembered.set(hashed, { found, until: performance.now() + rememberMs });
    }
    return found;
  };
}
