import { once } from 'node:events';
import { connect } from 'node:net';

const TIMEOUT_MS = 3_000;
const REDIS_PORT = 6379;

/** Throws, with what to do, where `REDIS_URL` names a Redis that nobody answers for. */
export async function requireRedis(url: string): Promise<void> {
  const { hostname, port } = addressOf(url);
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || REDIS_PORT) });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch {
    const place = `${hostname}:${port || REDIS_PORT}`;
    throw new Error(`no Redis answers at ${place}, which REDIS_URL names: start it, or unset REDIS_URL to go without`);
  } finally {
    socket.destroy();
  }
}

function addressOf(url: string) {
  if (/^rediss?:\/\//.test(url) && URL.canParse(url)) return new URL(url);
  throw new Error('REDIS_URL must look like redis://127.0.0.1:6379; unset it to go without Redis');
}
