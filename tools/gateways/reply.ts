import { type ServerResponse } from 'node:http';

/** An answer before it is sent. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** An answer in JSON, with a line end for whoever asks by hand. */
export function jsonReply(status: number, body: unknown): Reply {
  const headers = { 'content-type': 'application/json' };
  return { status, headers, body: Buffer.from(`${JSON.stringify(body)}\n`) };
}

/** A "no" with its code. */
export function refusal(status: number, code: string, more: Record<string, unknown> = {}): Reply {
  return jsonReply(status, { code, ...more });
}

/** Sends the status and the headers only, `extraBytes` more announced than there are. */
export function writeHead(response: ServerResponse, { status, headers, body }: Reply, extraBytes = 0): void {
  response.writeHead(status, { 'content-length': body.length + extraBytes, ...headers });
}

/** Sends an answer whole. */
export function sendReply(response: ServerResponse, reply: Reply): void {
  writeHead(response, reply);
  response.end(reply.body);
}
