import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

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

/** Listens, with limits on how slow a caller may be. Port 0 takes a free one. */
export async function serveApi(
  api: RequestListener,
  { host, port, requestWithinMs = REQUEST_WITHIN_MS }: { host: string; port: number; requestWithinMs?: number },
): Promise<Listening> {
  const server = createServer(
    { headersTimeout: HEADERS_WITHIN_MS, requestTimeout: UPLOAD_WITHIN_MS, keepAliveTimeout: IDLE_FOR_MS },
    hurry(api, requestWithinMs),
  );
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

function cutOff({ socket }: IncomingMessage, { headersSent }: ServerResponse) {
  if (headersSent) socket.destroy();
  else socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n').destroySoon();
}

/** Bulk loads, and files that are put. */
function isUpload({ method, url = '' }: IncomingMessage) {
  return method === 'POST' && /^[^?]*\/(?:imports\/[a-z-]+|files)(\?|$)/.test(url);
}
