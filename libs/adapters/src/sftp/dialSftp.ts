import { lookup } from 'node:dns/promises';
import { connect, type Socket } from 'node:net';
import { codeOf } from '@muster/core/errors';
import { unreachable } from './sftpRefusal.ts';

/** Where to call, and what ends the call early. */
export interface Call {
  host: string;
  port: number;
  timeoutMs: number;
  signal: AbortSignal;
}

/**
 * Opens the TCP connection. The only place where a name becomes an address: whoever guards addresses checks each of
 * `addresses` here, and the socket goes to the very address that was checked.
 */
export async function dialSftp({ host, port, timeoutMs, signal }: Call): Promise<Socket> {
  const where = `${host}:${port}`;
  const until = performance.now() + timeoutMs;
  const addresses = await resolve(host, { where, timeoutMs });
  let why = 'no address';
  for (const address of addresses) {
    signal.throwIfAborted();
    const remainingMs = until - performance.now();
    if (remainingMs <= 0) break;
    const outcome = await open(address, { port, timeoutMs: remainingMs, signal });
    if (typeof outcome !== 'string') return outcome;
    why = outcome;
  }
  signal.throwIfAborted();
  throw unreachable(where, why);
}

async function resolve(host: string, { where, timeoutMs }: { where: string; timeoutMs: number }): Promise<string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unreachable(where, 'its name was not resolved in time')), timeoutMs);
  });
  const asked = lookup(host, { all: true }).catch((error: unknown) => {
    const code = codeOf(error);
    throw unreachable(where, `its name is not known (${code ?? 'no answer'})`, code);
  });
  try {
    return (await Promise.race([asked, late])).map(({ address }) => address);
  } finally {
    clearTimeout(timer);
  }
}

/** The open socket, or why there is none. */
function open(host: string, { port, timeoutMs, signal }: Omit<Call, 'host'>): Promise<Socket | string> {
  return new Promise((done) => {
    const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 });
    const giveUp = (why: string) => {
      socket.destroy();
      settle(why);
    };
    const timer = setTimeout(() => giveUp('no answer'), timeoutMs);
    const abort = () => giveUp('given up');
    const fail = (error: unknown) => giveUp(codeOf(error) ?? 'no connection');
    const settle = (outcome: Socket | string) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      socket.off('error', fail);
      socket.on('error', () => undefined); // whoever uses the socket learns it from its close
      done(outcome);
    };
    signal.addEventListener('abort', abort);
    socket.once('error', fail);
    socket.once('connect', () => settle(socket));
  });
}
