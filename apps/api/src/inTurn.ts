import { Conflict } from '@muster/core/errors';

const WAIT_MS = 30_000;
const last = new Map<string, Promise<unknown>>();

/**
 * Does `work` once what was begun before under the same name is over: twins wait here, without a connection to the
 * database each. Throws Conflict `idempotencyKeyBusy` after 30 s.
 */
export async function inTurn<Result>(name: string, work: () => Promise<Result>, waitMs = WAIT_MS): Promise<Result> {
  const before = last.get(name);
  const own = (before ? over(before, waitMs) : Promise.resolve()).then(work);
  last.set(name, own);
  try {
    return await own;
  } finally {
    if (last.get(name) === own) last.delete(name);
  }
}

async function over(before: Promise<unknown>, waitMs: number) {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const message = 'a request with this Idempotency-Key is still at work: ask again later with the same key';
      reject(new Conflict('idempotencyKeyBusy', message));
    }, waitMs);
  });
  await Promise.race([before.catch(() => undefined), tooLate]).finally(() => clearTimeout(timer));
}
