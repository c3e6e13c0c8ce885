import { connect, type Socket } from 'node:net';

/** A connection to be made. */
export interface Calling {
  port: number;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

const HEAD_START_MS = 250; // of each address before the next one is tried beside it, as RFC 8305 has it
const KEEP_ALIVE = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 };

/**
 * Connects to the first of some addresses that answers, in their order and overlapping, so that one without an answer
 * holds up nobody. Throws the error of the last to fail, one with the code ETIMEDOUT when the time is up, or the
 * signal's reason.
 */
export function connectFirst(addresses: readonly string[], { port, timeoutMs, signal }: Calling): Promise<Socket> {
  const waiting = [...addresses];
  const calls = new Set<Socket>();
  let headStart: NodeJS.Timeout | undefined;
  return new Promise((resolve, reject) => {
    const fail = (reason: Error) => {
      end();
      reject(reason);
    };
    const timer = setTimeout(() => fail(failure('ETIMEDOUT')), timeoutMs);
    const abort = () => fail(signal?.reason as Error);
    const end = (winner?: Socket) => {
      clearTimeout(timer);
      clearTimeout(headStart);
      signal?.removeEventListener('abort', abort);
      for (const socket of calls) if (socket !== winner) socket.destroy();
      calls.clear();
    };
    const callNext = (lastError?: Error) => {
      clearTimeout(headStart);
      const host = waiting.shift();
      if (host === undefined) {
        if (calls.size === 0) fail(lastError ?? failure('ENOTFOUND'));
        return;
      }
      const socket = connect({ host, port, ...KEEP_ALIVE });
      calls.add(socket);
      socket.once('connect', () => {
        end(socket);
        resolve(socket);
      });
      // Stays: a socket is an error's only listener until somebody uses it.
      socket.on('error', (error) => calls.delete(socket) && callNext(error));
      headStart = setTimeout(callNext, HEAD_START_MS);
    };
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    else if (timeoutMs <= 0) fail(failure('ETIMEDOUT'));
    else callNext();
  });
}

function failure(code: string) {
  return Object.assign(new Error(`no connection: ${code}`), { code });
}
