import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { type Duplex } from 'node:stream';
import { replyOf } from './reply.ts';

const refusals = {
  400: { code: 'badRequest', message: 'this is no request of HTTP that can be read' },
  408: { code: 'tooSlow', message: 'the request did not come whole in time' },
  413: { code: 'tooLarge', message: 'the chunks of the body have too long extensions' },
  431: { code: 'headersTooLarge', message: 'the address and the headers are too long together' },
};
type Status = keyof typeof refusals;

const statuses: Record<string, Status> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
};

/** The status for what Node could not read a request for, by the code of its error. */
export function statusOfParser(code: string | undefined): Status {
  return statuses[code ?? ''] ?? 400;
}

/** Answers where there is no request to answer, or not a whole one, in the form of all other answers, and hangs up. */
export function refuseOnSocket(socket: Duplex, status: Status, requestId: string = randomUUID()): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { body } = replyOf(status, { status, ...refusals[status], errors: [], requestId });
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Cache-Control: no-store',
    'Connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
