import { Agent, request } from 'node:http';
import { type HttpRequest } from './requestOf.ts';

export interface HttpAnswer {
  status: number;
  headers: Record<string, string | undefined>;
  text: string;
}

/** Sends a request as it is, which `fetch` would not; gives the answer. Throws where none comes in time. */
export function sendRequest(url: string, sent: HttpRequest, { agent, timeoutMs }: { agent: Agent; timeoutMs: number }) {
  return new Promise<HttpAnswer>((resolve, reject) => {
    const { method, path, headers, body } = sent;
    const length = body ? { 'Content-Length': String(body.length) } : {};
    const outgoing = request(url, { method, path, headers: { ...headers, ...length }, agent }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', fail);
      incoming.on('end', () => {
        clearTimeout(timer);
        const answered = incoming.headers as HttpAnswer['headers'];
        resolve({ status: incoming.statusCode ?? 0, headers: answered, text: Buffer.concat(chunks).toString() });
      });
    });
    const timer = setTimeout(() => {
      fail(new Error(`no whole answer to ${method} ${path} within ${timeoutMs} ms`));
      outgoing.destroy();
    }, timeoutMs);
    function fail(error: Error) {
      clearTimeout(timer);
      reject(error);
    }
    outgoing.on('error', fail);
    outgoing.end(body);
  });
}

/** A connection that is used again and again. */
export function openConnection(): Agent {
  return new Agent({ keepAlive: true, maxSockets: 1 });
}
