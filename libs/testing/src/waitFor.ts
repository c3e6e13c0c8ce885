import { setTimeout as pause } from 'node:timers/promises';

interface Patience {
  timeoutMs?: number;
  everyMs?: number;
  /** What is awaited, for the message when it does not come. */
  what?: string;
}

/** Asks until the answer is neither false nor empty, and returns it; gives up with a sentence after `timeoutMs`. */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 10_000, everyMs = 20, what = 'the condition' }: Patience = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await pause(everyMs);
  }
}
