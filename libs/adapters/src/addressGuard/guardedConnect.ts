import { type Socket } from 'node:net';
import { type AddressGuard } from './addressGuard.ts';
import { connectFirst } from './connectFirst.ts';
import { type Target } from './usualPorts.ts';

/** A connection to be made to what a customer wrote. */
export interface GuardedCall {
  guard: AddressGuard;
  target: Target;
  /** For the name and the connection together. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/**
 * Connects to a checked address of the target, and to no other: the one way out for whatever is not HTTP. The name is
 * asked for once. Throws as `guard.check` and `connectFirst` do; a slow name server is an error with the code EAI_AGAIN.
 */
export async function guardedConnect({ guard, target, timeoutMs, signal }: GuardedCall): Promise<Socket> {
  const until = performance.now() + timeoutMs;
  const addresses = await inTime(guard.check(target), { timeoutMs, signal });
  return connectFirst(addresses, { port: target.port, timeoutMs: until - performance.now(), signal });
}

/** A name server cannot be told to stop: its late answer is let go. */
async function inTime<T>(work: Promise<T>, { timeoutMs, signal }: Pick<GuardedCall, 'timeoutMs' | 'signal'>) {
  let giveUp: () => void = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const slow = Object.assign(new Error('the name server is slow'), { code: 'EAI_AGAIN' });
    timer = setTimeout(() => reject(slow), timeoutMs);
    giveUp = () => reject(signal?.reason as Error);
    signal?.addEventListener('abort', giveUp);
    if (signal?.aborted) giveUp();
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}
