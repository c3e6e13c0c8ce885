import { type Database } from '@muster/core/database';
import { type Caller, findCaller } from './apiKeys.ts';

const MOST_REMEMBERED = 1_000;

/**
 * Looks keys up, and remembers those that were right for `rememberMs`, so that a busy key costs no query per request. A
 * key that is revoked goes on working for that long at most.
 */
export function openKeyring(db: Database, { rememberMs }: { rememberMs: number }) {
  const remembered = new Map<string, { caller: Caller; until: number }>();
  return {
    async find(key: string): Promise<Caller | undefined> {
      const known = remembered.get(key);
      if (known && known.until > performance.now()) return known.caller;
      remembered.delete(key);
      const caller = await findCaller(db, key);
      if (caller && rememberMs > 0) {
        if (remembered.size >= MOST_REMEMBERED) remembered.clear();
        remembered.set(key, { caller, until: performance.now() + rememberMs });
      }
      return caller;
    },
  };
}
