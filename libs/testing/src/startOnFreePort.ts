import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import type { Guarded } from './startGuarded.ts';
import { waitFor } from './waitFor.ts';

const TRIES = 5; // between our look and the server's start someone else may take the port
const START_TIMEOUT_MS = 20_000;

/** Starts a server on a free port of 127.0.0.1 by `start`, again with another one if it ends at once. */
export async function startOnFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  for (let left = TRIES - 1; ; left--) {
    const port = await freePort();
    try {
      return await start(port);
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

/** Waits until a server's log says `words`; throws the end of the log if the server ends instead. */
export async function untilLogged(server: Guarded, logFile: string, words: string): Promise<void> {
  const read = () => readFile(logFile, 'utf8').catch(() => '');
  const settled = async () => server.hasEnded() || (await read()).includes(words);
  await waitFor(settled, { timeoutMs: START_TIMEOUT_MS, what: `"${words}" in the log of a server` });
  if (!server.hasEnded()) return;
  const log = (await read()).trimEnd().split('\n').slice(-5).join('\n');
  throw new Error(`a server did not start; the end of its log:\n${log}`);
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
