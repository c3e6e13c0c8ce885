import { createHash } from 'node:crypto';
import { type Caller } from '@muster/db/apiKeys';

type Find = (key: string) => Promise<Caller | undefined>;

export interface SteadyTimes {
  /** How long the database has to answer for a key that was right of late. */
  waitMs: number;
  /** For how long such a key is let in while the database does not answer. */
  trustMs: number;
}

const MOST_TRUSTED = 100;

/**
 * Finds callers also while the database is away, when they were found a short time before: what watches the process must
 * not be shut out by the very fault that it is there for. Not for anything that gives or changes data.
 */
export function steadyKeyring(find: Find, { waitMs, trustMs }: SteadyTimes): Find {
  const trusted = new Map<string, { caller: Caller; until: number }>();
  return async (key) => {
    const hashed = createHash('sha256').update(key).digest('base64'); // a dump of the memory should hold no keys
    const known = trusted.get(hashed);
    const usable = known && known.until > performance.now() ? known.caller : undefined;
    const finding = find(key).then((caller) => {
      if (trusted.size >= MOST_TRUSTED) trusted.clear();
      if (caller) trusted.set(hashed, { caller, until: performance.now() + trustMs });
      else trusted.delete(hashed);
      return caller;
    });
    if (!usable) return finding;
    return firstOf(
      finding.catch(() => usable),
      { otherwise: usable, afterMs: waitMs },
    );
  };
}

async function firstOf(found: Promise<Caller | undefined>, late: { otherwise: Caller; afterMs: number }) {
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<Caller>((resolve) => {
    timer = setTimeout(() => resolve(late.otherwise), late.afterMs);
  });
  return Promise.race([found, waited]).finally(() => clearTimeout(timer));
}
