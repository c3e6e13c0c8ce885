import { type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { type Reply, writeHead } from './reply.ts';

/** Something that goes wrong with a request to a gateway. */
export interface Fault {
  /** Given instead of the answer: nothing is sent or charged, and nothing remembered. */
  instead?: Reply;
  /** What was asked is done, and its answer goes a way of its own. */
  send?: (response: ServerResponse, reply: Reply) => void | Promise<void>;
}

/** Which requests a fault waits for. */
export interface FaultFor {
  /** Default: both. */
  path?: '/texts' | '/charges';
  /** How many requests it strikes; default 1. */
  times?: number;
}

const PIECE = Buffer.alloc(64 * 1024, ' ');

/** Takes nothing, and answers with this status: 500, 503, 409, 401. */
export const answerWith = (status: number, headers: Record<string, string> = {}, body = ''): Fault => ({
  instead: { status, headers, body: Buffer.from(body) },
});

/** Takes nothing, and asks to come again after so many seconds. */
export const tryLater = (retryAfterS: number, status: 429 | 503 = 429): Fault =>
  answerWith(status, { 'retry-after': String(retryAfterS) });

/** Takes nothing, and sends whoever asks elsewhere. */
export const redirectTo = (location: string): Fault => answerWith(307, { location });

/** Takes it, and never answers. */
export const hang = (): Fault => ({ send: () => undefined });

/** Takes it, and breaks the connection. */
export const loseReply = (): Fault => ({ send: (response) => void response.socket?.resetAndDestroy() });

/** Takes it, and breaks off after so many bytes of the answer. */
export const cutBody = (bytes: number): Fault => ({
  async send(response, reply) {
    writeHead(response, reply);
    await new Promise((resolve) => response.write(reply.body.subarray(0, bytes), resolve));
    response.destroy();
  },
});

/** Takes it, announces more of an answer than it sends, and ends. */
export const announceMore = (bytes: number): Fault => ({
  async send(response, reply) {
    writeHead(response, reply, bytes);
    await new Promise((resolve) => response.write(reply.body, resolve));
    response.destroy();
  },
});

/** Takes it, and answers a byte at a time. */
export const trickle = (everyMs: number): Fault => ({
  async send(response, reply) {
    writeHead(response, reply);
    for (const byte of reply.body) {
      if (response.destroyed) return;
      response.write(Buffer.of(byte));
      await pause(everyMs);
    }
    response.end();
  },
});

/** Takes it, and never ends its answer. */
export const answerEndlessly = (): Fault => ({
  async send(response, { status, headers }) {
    response.writeHead(status, headers);
    while (!response.destroyed) if (!response.write(PIECE)) await pause(1);
  },
});

/** Takes it, and answers something else with these headers beside its own. */
export const replaceBody = (body: string | Buffer, headers: Record<string, string> = {}): Fault => ({
  send(response, reply) {
    const bytes = Buffer.from(body as string);
    response.writeHead(reply.status, { ...reply.headers, 'content-length': bytes.length, ...headers }).end(bytes);
  },
});
