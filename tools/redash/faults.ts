import { type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type JobTrick } from './redashJobs.ts';
import { type Reply } from './reply.ts';
import { sendReply, writeHead } from './sendReply.ts';

/** Something that goes wrong with an answer, or with the job behind it. */
export interface Fault {
  /** Given instead of the answer: the request itself is not carried out. */
  instead?: Reply;
  /** Sends the answer in a way of its own. */
  send?: (response: ServerResponse, reply: Reply) => void | Promise<void>;
  /** Happens to the job that the request starts. */
  trick?: JobTrick;
}

/** Which requests a fault waits for. */
export interface FaultFor {
  method?: string;
  path?: RegExp;
  /** How many requests it strikes; default 1. */
  times?: number;
}

/** Answers with this instead: HTML, 302, 502, whatever `reply.ts` has. */
export const answerWith = (instead: Reply): Fault => ({ instead });

/** The same with a header more, `Retry-After` for one. */
export const withHeaders = (reply: Reply, headers: Record<string, string>): Reply => ({
  ...reply,
  headers: { ...reply.headers, ...headers },
});

/** Never answers. */
export const hang = (): Fault => ({ send: () => undefined });

/** Does what was asked for, but the answer is lost. */
export const loseReply = (): Fault => ({ send: (response) => void response.destroy() });

/** Breaks off after so many bytes of the body. */
export const cutBody = (bytes: number): Fault => ({
  async send(response, reply) {
    writeHead(response, reply);
    await new Promise((resolve) => response.write(whole(reply).subarray(0, bytes), resolve));
    response.destroy();
  },
});

/** Ends properly, but far too early: only the JSON itself shows it. */
export const shortBody = (bytes: number): Fault => ({
  send: (response, reply) => sendReply(response, { ...reply, body: [whole(reply).subarray(0, bytes)] }),
});

/** Announces more bytes than it sends. */
export const announceMore = (bytes: number): Fault => ({
  async send(response, reply) {
    writeHead(response, reply, bytes);
    await new Promise((resolve) => response.write(whole(reply), resolve));
    response.destroy();
  },
});

/** Sends a byte at a time. */
export const trickle = (everyMs: number): Fault => ({
  async send(response, reply) {
    writeHead(response, reply);
    for (const byte of whole(reply)) {
      if (response.destroyed) return;
      response.write(Buffer.of(byte));
      await pause(everyMs);
    }
    response.end();
  },
});

/** Packs the answer, as a proxy may. */
export const pack = (): Fault => ({ send: (response, reply) => sendReply(response, packed(whole(reply), reply)) });

/** Packs it wrongly: the bytes are cut, the length is that of the cut ones. */
export const packBadly = (): Fault => ({
  send(response, reply) {
    const { body, headers } = packed(whole(reply), reply);
    return sendReply(response, { ...reply, headers, body: [whole({ body }).subarray(0, -12)] });
  },
});

/** A thousandth of the line's bytes become so many. */
export const bomb = (bytes: number): Fault => ({
  send: (response, reply) => sendReply(response, packed(Buffer.alloc(bytes, 0x20), reply)),
});

/** Another body, of the same type. */
export const replaceBody = (change: (text: string) => string): Fault => ({
  send: (response, reply) => sendReply(response, { ...reply, body: [Buffer.from(change(whole(reply).toString()))] }),
});

/** Something happens to the job: its worker dies, it never ends, a preview's manners. */
export const trickJob = (trick: JobTrick): Fault => ({ trick });

function whole({ body }: { body: Buffer[] }): Buffer {
  return Buffer.concat(body);
}

function packed(bytes: Buffer, reply: Reply): Reply {
  return { ...withHeaders(reply, { 'Content-Encoding': 'gzip' }), body: [gzipSync(bytes)] };
}
