import { connect, type Socket } from 'node:net';

/** Requests to make as fast as they are answered. */
export interface Load {
  /** `http://127.0.0.1:3000`. */
  url: string;
  method: 'GET' | 'POST';
  /** Asked for one after the other; the load ends with them. */
  paths: Iterator<string>;
  apiKey: string;
  /** Connections, each with one request at a time. */
  clients: number;
  /** No request is begun after this. */
  seconds: number;
}

/** What came of it. */
export interface Loaded {
  perSecond: number;
  /** How long each request took. */
  latenciesMs: number[];
}

/** Makes requests over connections that stay open, with next to no work of our own: the other side shall be the limit. */
export async function loadHttp(load: Load): Promise<Loaded> {
  const startedAt = performance.now();
  const latenciesMs: number[] = [];
  await Promise.all(Array.from({ length: load.clients }, () => askInTurn(load, latenciesMs, startedAt)));
  return { perSecond: latenciesMs.length / ((performance.now() - startedAt) / 1_000), latenciesMs };
}

async function askInTurn({ url, method, paths, apiKey, seconds }: Load, latenciesMs: number[], startedAt: number) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).setNoDelay();
  const body = method === 'POST' ? '{}' : '';
  const head = `Host: ${hostname}:${port}\r\nX-API-KEY: ${apiKey}\r\n`;
  const content = body === '' ? '' : `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
  try {
    while (performance.now() - startedAt < seconds * 1_000) {
      const next = paths.next();
      if (next.done === true) return;
      const askedAt = performance.now();
      socket.write(`${method} ${next.value} HTTP/1.1\r\n${head}${content}\r\n${body}`);
      await answerOf(socket);
      latenciesMs.push(performance.now() - askedAt);
    }
  } finally {
    socket.destroy();
  }
}

/** Waits for one answer, whose length must be told; throws where it is no success. */
function answerOf(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    const settle = (error?: Error) => {
      socket.off('data', take).off('error', settle).off('close', broken);
      if (error) reject(error);
      else resolve();
    };
    const broken = () => settle(new Error('the server has closed the connection'));
    const take = (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const end = lengthOf(received);
      if (end === undefined || received.length < end) return;
      const status = received.subarray(9, 12).toString('latin1');
      settle(status.startsWith('2') ? undefined : new Error(`answered ${received.toString('utf8')}`));
    };
    socket.on('data', take).on('error', settle).on('close', broken);
  });
}

/** How long an answer is, head and body; undefined while its head is not whole. */
export function lengthOf(received: Buffer): number | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = received.toString('latin1', 0, headEnd);
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  if (length === undefined) throw new Error(`the length of an answer is not told:\n${head}`);
  return headEnd + '\r\n\r\n'.length + Number(length);
}
