import { type ServerResponse } from 'node:http';
import { type Reply } from './reply.ts';

const SECURITY = {
  'X-Frame-Options': 'deny',
  'X-XSS-Protection': '1; mode=block',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
};

/** Sends an answer whole, as gunicorn does: with its length, and the connection closed behind it. */
export async function sendReply(response: ServerResponse, reply: Reply): Promise<void> {
  writeHead(response, reply);
  for (const piece of reply.body) {
    if (response.destroyed) return;
    if (!response.write(piece)) await drained(response);
  }
  response.end();
}

/** Sends the status and the headers only, `extraBytes` more announced than there are. */
export function writeHead(response: ServerResponse, { status, headers, body }: Reply, extraBytes = 0): void {
  const length = body.reduce((sum, piece) => sum + piece.length, 0) + extraBytes;
  response.writeHead(status, {
    Server: 'gunicorn',
    Connection: 'close',
    'Content-Length': length,
    Vary: 'Cookie',
    'Set-Cookie': ['csrf_token=standin; Path=/', 'session=standin; HttpOnly; Path=/'],
    ...SECURITY,
    ...headers,
  });
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.once('drain', done).once('close', done);
  });
}
