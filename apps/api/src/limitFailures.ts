import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { type Request } from 'express';
import { minuteCounter } from './minuteCounter.ts';
import { tooMany } from './tooMany.ts';

const FAILURES_PER_MINUTE = 60;
const TRUSTED_FOR_MS = 600_000;
const MOST_TRUSTED = 10_000;

export interface FailureLimit {
  /** Throws the 429 for an address that has shown too many wrong credentials, unless this one was right of late. */
  refuse(req: Request, credential: string): Promise<void>;
  /** Keeps in mind whether a credential was right. */
  note(req: Request, credential: string, wasRight: boolean): Promise<void>;
}

/**
 * Stops looking credentials up for an address that has shown so many wrong ones within a minute; 0 is no limit. Credentials
 * that were right of late are looked up all the same: many callers may share the address of a proxy, and one of them with
 * an old key must not shut the others out.
 */
export function limitFailures(perMinute = FAILURES_PER_MINUTE): FailureLimit {
  const failures = minuteCounter();
  const trusted = new Map<string, number>();
  return {
    refuse: async (req, credential) => {
      if (perMinute === 0 || (trusted.get(hash(credential)) ?? 0) > performance.now()) return;
      const seen = await failures.get(addressOf(req));
      if (seen && seen.msBeforeNext > 0 && seen.consumedPoints >= perMinute)
        throw tooMany({ what: 'wrong credentials per minute', limit: perMinute, waitMs: seen.msBeforeNext });
    },
    note: async (req, credential, wasRight) => {
      if (perMinute === 0) return;
      const hashed = hash(credential);
      if (wasRight) {
        if (trusted.size >= MOST_TRUSTED) trusted.clear();
        trusted.set(hashed, performance.now() + TRUSTED_FOR_MS);
        return;
      }
      trusted.delete(hashed);
      await failures.consume(addressOf(req));
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
