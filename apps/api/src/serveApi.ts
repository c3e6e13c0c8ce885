import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Duplex } from 'node:stream';
import { codeOf } from '@muster/core/errors';
import { refuseOnSocket, statusOfParser } from './refuseOnSocket.ts';

const HEADERS_WITHIN_MS = 10_000; // slower ones hold a socket and do nothing
const REQUEST_WITHIN_MS = 60_000;
const UPLOAD_WITHIN_MS = 2 * 3_600_000; // a bulk load has gigabytes; how long it may be silent is its reader's to say
const IDLE_FOR_MS = 65_000; // longer than load balancers keep theirs, so that they never use one that we are closing

const SWEEP_EVERY_MS = 50;

export interface Listening {
  /** `http://127.0.0.1:3000`. */
  url: string;
  /** Takes no more requests, lets those under way end for `drainMs`, then cuts them off. */
  close(drainMs: number): Promise<void>;
}

interface Limits {
  requestWithinMs?: number;
  headersWithinMs?: number;
}

interface Address extends Limits {
  host: string;
  /** 0 takes a free one. */
  port: number;
}

/** Listens, with limits on how slow a caller may be. */
export async function serveApi(
  api: RequestListener,
  { host, port, requestWithinMs = REQUEST_WITHIN_MS, headersWithinMs = HEADERS_WITHIN_MS }: Address,
): Promise<Listening> {
  const server = newServer(api, { requestWithinMs, headersWithinMs });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { address, family, port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`,
    close: (drainMs) =>
      new Promise((resolve) => {
        const cutOff = setTimeout(() => server.closeAllConnections(), drainMs);
        // a connection that is kept alive becomes idle only once its request has ended
        const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_EVERY_MS);
        server.close(() => {
          clearTimeout(cutOff);
          clearInterval(sweep);
          resolve();
        });
      }),
  };
}

function newServer(api: RequestListener, { requestWithinMs, headersWithinMs }: Required<Limits>) {
  const answers = new WeakMap<Duplex, ServerResponse>();
  const hurried = hurry(api, requestWithinMs);
  const limits = { headersTimeout: headersWithinMs, requestTimeout: UPLOAD_WITHIN_MS, keepAliveTimeout: IDLE_FOR_MS };
  // Node would look every 30 s whether a limit is past
  const server = createServer({ ...limits, connectionsCheckingInterval: headersWithinMs / 2 }, (req, res) => {
    answers.set(req.socket, res);
    hurried(req, res);
  });
  return server.on('clientError', (error, socket) => {
    const { headersSent = false, writableFinished = true } = answers.get(socket) ?? {};
    const isInMiddle = headersSent && !writableFinished;
    if (isInMiddle) socket.destroy();
    else refuseOnSocket(socket, statusOfParser(codeOf(error)));
  });
}

/**
 * Cuts off whoever has not sent a request whole in time. Uploads have the time that they take, until they are answered:
 * Node's own limit knows no exceptions.
 */
function hurry(api: RequestListener, withinMs: number): RequestListener {
  return (req, res) => {
    const hurryUp = () => {
      const timer = setTimeout(() => {
        if (!req.complete) cutOff(req, res);
      }, withinMs);
      for (const event of ['end', 'close']) req.once(event, () => clearTimeout(timer));
    };
    if (isUpload(req)) res.once('finish', hurryUp);
    else hurryUp();
    api(req, res);
  };
}

function cutOff({ socket }: IncomingMessage, res: ServerResponse) {
  if (res.headersSent) socket.destroy();
  else refuseOnSocket(socket, 408, res.getHeader('X-Request-Id')?.toString());
}

/** Bulk loads, and files that are put. */
function isUpload({ method, url = '' }: IncomingMessage) {
  return method === 'POST' && /^[^?]*\/(?:imports\/[a-z-]+|files)(\?|$)/.test(url);
}
