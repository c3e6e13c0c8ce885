import { unreachable } from './sftpRefusal.ts';

/** What may end a piece of work early, and how to end it. */
export interface Scissors {
  /** `host:port`, for sentences. */
  where: string;
  signal: AbortSignal;
  timeoutMs: number;
  /** Ends the connection: all that waits on it then fails. */
  cut: () => void;
}

/** Runs `work` until it ends, its time is up (`sftpUnreachable`) or the signal says stop (the signal's own reason). */
export async function cutShort<Result>({ where, signal, timeoutMs, cut }: Scissors, work: () => Promise<Result>) {
  signal.throwIfAborted();
  const clock = new AbortController();
  const timer = setTimeout(() => {
    clock.abort(unreachable(where, `it was not done within ${Math.ceil(timeoutMs / 1000)} s`));
    cut();
  }, timeoutMs);
  signal.addEventListener('abort', cut);
  try {
    const result = await work();
    signal.throwIfAborted();
    clock.signal.throwIfAborted();
    return result;
  } catch (error) {
    signal.throwIfAborted();
    clock.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cut);
  }
}
