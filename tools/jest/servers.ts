/** What the tests of one run share; stopped in reverse order. Jest's set-up and teardown both hold it through globalThis. */
export interface Servers {
  users: number;
  stop: (() => Promise<void>)[];
}

const KEY = Symbol.for('muster.test.servers'); // set-up and teardown are loaded apart, and each gets its own module

/** The servers of this run, made empty at first use. */
export function sharedServers(): Servers {
  const home = globalThis as unknown as Record<symbol, Servers | undefined>;
  return (home[KEY] ??= { users: 0, stop: [] });
}
