import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A request to make. */
export interface LoadRequest {
  method: 'GET' | 'POST';
  path: string;
  headers: Record<string, string>;
  /** JSON; `{}` of a POST where absent. */
  body?: string;
}

/** Requests to make as fast as they are answered, or so many a second. */
export interface Load {
  /** `http://127.0.0.1:3000`. */
  url: string;
  /** Made one after the other; the load ends with them. */
  requests: Iterator<LoadRequest>;
  /** Connections, each with one request at a time. */
  clients: number;
  /** No request is begun after this. */
  seconds: number;
  /** Each has its moment, from which on its time counts: also while all connections are taken. Absent: none waits. */
  perSecond?: number;
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
  let begun = 0;
  const next = () => {
    const dueAt = load.perSecond === undefined ? performance.now() : startedAt + (begun++ / load.perSecond) * 1_000;
    return dueAt - startedAt < load.seconds * 1_000 ? { dueAt, ...load.requests.next() } : undefined;
  };
  const note = (ms: number) => void latenciesMs.push(ms);
  await Promise.all(Array.from({ length: load.clients }, () => askInTurn(load.url, next, note)));
  return { perSecond: latenciesMs.length / ((performance.now() - startedAt) / 1_000), latenciesMs };
}

type Next = () => (IteratorResult<LoadRequest> & { dueAt: number }) | undefined;

async function askInTurn(url: string, next: Next, note: (ms: number) => void) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).setNoDelay();
  try {
    for (let taken = next(); taken && taken.done !== true; taken = next()) {
      const early = taken.dueAt - performance.now();
      if (early > 0) await pause(early);
      socket.write(textOf(taken.value, `${hostname}:${port}`));
      await answerOf(socket);
      note(performance.now() - taken.dueAt);
    }
  } finally {
    socket.destroy();
  }
}

function textOf({ method, path, headers, body = method === 'POST' ? '{}' : '' }: LoadRequest, host: string) {
  const content = body === '' ? '' : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  const head = Object.entries({ Host: host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${head.join('')}${content}\r\n${body}`;
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

/** A request of each path, with a key. */
export function* requestsTo(paths: Iterable<string>, asked: { method: 'GET' | 'POST'; apiKey: string }) {
  const headers = { 'X-API-KEY': asked.apiKey };
  for (const path of paths) yield { method: asked.method, path, headers } satisfies LoadRequest;
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
