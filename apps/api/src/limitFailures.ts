import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { type Request } from 'express';
import { minuteCounter } from './minuteCounter.ts';
import { tooMany } from './tooMany.ts';

const TRUSTED_FOR_MS = 600_000;
const MOST_TRUSTED = 10_000;

export interface FailureLimit {
  /**
   * Looks a credential up, unless its address has shown too many wrong ones and this one was not right of late: throws
   * the 429 then.
   */
  look<Found>(req: Request, credential: string, find: () => Promise<Found | undefined>): Promise<Found | undefined>;
}

/**
 * Stops looking credentials up for an address that has shown so many wrong ones within a minute; 0 is no limit. Credentials
 * that were right of late are looked up all the same: many callers may share the address of a proxy, and one of them with
 * an old key must not shut the others out.
 */
export function limitFailures({ what, perMinute }: { what: string; perMinute: number }): FailureLimit {
  const failures = minuteCounter();
  const trusted = new Map<string, number>();
  const keepInMind = (hashed: string, wasRight: boolean) => {
    if (trusted.size >= MOST_TRUSTED) trusted.clear();
    if (wasRight) trusted.set(hashed, performance.now() + TRUSTED_FOR_MS);
    else trusted.delete(hashed);
  };
  /** Counts before the look: of many that come at once, too, only so many are looked up. */
  const suspect = async (address: string) => {
    const { consumedPoints, msBeforeNext: waitMs } = await failures.consume(address);
    if (consumedPoints > perMinute) throw tooMany({ what: `${what} per minute`, limit: perMinute, waitMs });
  };
  const counting = new Map<string, Promise<void>>();
  /** One that is shown many times at once counts once: a busy caller opens all its connections together. */
  const countOnce = async (address: string, hashed: string, look: () => Promise<boolean>) => {
    const one = `${address} ${hashed}`;
    const known = counting.get(one);
    const counted = known ?? suspect(address);
    counting.set(one, counted);
    let isWrong = false;
    try {
      await counted;
      isWrong = await look();
    } finally {
      if (!known) counting.delete(one);
      if (!known && !isWrong) await failures.reward(address); // also where nobody could tell
    }
  };
  return {
    look: async (req, credential, find) => {
      if (perMinute === 0) return find();
      const hashed = hash(credential);
      let found: Awaited<ReturnType<typeof find>>;
      const look = async () => {
        found = await find();
        keepInMind(hashed, found !== undefined);
        return found === undefined;
      };
      const isTrusted = (trusted.get(hashed) ?? 0) > performance.now();
      await (isTrusted ? look() : countOnce(addressOf(req), hashed, look));
      return found;
    },
  };
}

/** Of IPv6 the network: a single customer has 2^64 addresses of it. */
function addressOf(req: Request): string {
  const address = req.ip ?? 'unknown';
  if (!isIPv6(address) || address.toLowerCase().startsWith('::ffff:')) return address;
  const [head = '', tail = ''] = address.split('::', 2);
  const known = [head, tail].map((part) => (part === '' ? [] : part.split(':')));
  const zeros = address.includes('::') ? Array<string>(8 - known.flat().length).fill('0') : [];
  return [...(known[0] ?? []), ...zeros, ...(known[1] ?? [])].slice(0, 4).join(':');
}

function hash(credential: string): string {
  return createHash('sha256').update(credential).digest('base64');
}
