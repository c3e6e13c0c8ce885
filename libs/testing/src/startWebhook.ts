import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a webhook was told in one request. */
export interface Told {
  id: string;
  timestamp: string;
  /** What it is about, where a header says so. */
  type: string | undefined;
  signature: string | undefined;
  contentType: string | undefined;
  body: string;
}

/** How it answers a request instead of with 200. */
export type WebhookAnswer = (response: ServerResponse) => void;

export type Webhook = Awaited<ReturnType<typeof startWebhook>>;

/** A receiver of webhooks that remembers what it was told, and answers as a test wants. Listens on 127.0.0.1. */
export async function startWebhook() {
  const told: Told[] = [];
  const answers: WebhookAnswer[] = [];
  let always: WebhookAnswer | undefined;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request).catch(() => '');
    const { 'content-type': contentType } = request.headers;
    told.push({
      ...{ id: headerOf(request, 'webhook-id') ?? '', timestamp: headerOf(request, 'webhook-timestamp') ?? '' },
      ...{
        type: headerOf(request, 'webhook-type'),
        signature: headerOf(request, 'webhook-signature'),
        contentType,
        body,
      },
    });
    const next = answers.shift() ?? always;
    if (next) next(response);
    else response.writeHead(200).end('thank you');
  };
  const server = createServer((request, response) => void answer(request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    told,
    url: `http://127.0.0.1:${port}/alerts?key=url-canary`,
    place: `127.0.0.1:${port}`,
    /** Answers the next request so. */
    next: (...given: WebhookAnswer[]) => void answers.push(...given),
    /** Answers all requests so from now on. */
    always: (given: WebhookAnswer | undefined) => void (always = given),
    stop: async () => {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** An answer of this status. */
export function status(code: number, headers: Record<string, string> = {}): WebhookAnswer {
  return (response) => void response.writeHead(code, headers).end();
}

/** Whether a request was signed with these bytes, worked out as a receiver does. */
export function isSigned({ id, timestamp, body, signature = '' }: Told, key: Buffer): boolean {
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return signature.split(' ').includes(`v1,${expected}`);
}

function headerOf(request: IncomingMessage, name: string) {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}
