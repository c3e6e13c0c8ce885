import { type IncomingHttpHeaders } from 'node:http';
import { type Readable } from 'node:stream';
import got from 'got';
import { codeOf, MusterError, PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { type GuardedAgents } from '../addressGuard/guardedAgents.ts';

/** One request to a Redash server. */
export interface RedashRequest {
  method: 'GET' | 'POST' | 'DELETE';
  url: string;
  apiKey: string;
  body?: unknown;
  /** Who makes the connections, to checked addresses only. */
  agents: GuardedAgents;
  signal: AbortSignal;
  /** Until the last byte of the answer, however lively it trickles. */
  timeoutMs: number;
  /** The longest time without a byte. */
  silenceMs: number;
}

/** The head of an answer, and its body as it came over the line: packed, if the server packed it. */
export interface RedashReply {
  status: number;
  headers: IncomingHttpHeaders;
  body: Readable;
}

/**
 * Sends a request and hands the answer to `use`, which must take the body before it ends. The only place where the
 * adapter asks for connections. Never tries twice, follows no redirect (the key would go along), keeps no cookies.
 */
export async function sendRequest<T>(request: RedashRequest, use: (reply: RedashReply) => Promise<T>): Promise<T> {
  const { host } = new URL(request.url);
  const stop = new AbortController();
  const onAbort = () => stop.abort();
  const timer = setTimeout(onAbort, request.timeoutMs);
  request.signal.addEventListener('abort', onAbort);
  try {
    request.signal.throwIfAborted();
    return await receive(openStream(request, stop.signal), use);
  } catch (error) {
    if (request.signal.aborted) throw request.signal.reason;
    if (error instanceof MusterError) throw error;
    if (stop.signal.aborted) throw tooSlow(host, request.timeoutMs);
    throw connectionFailure(host, error);
  } finally {
    clearTimeout(timer);
    request.signal.removeEventListener('abort', onAbort);
  }
}

function openStream({ method, url, apiKey, body, agents, silenceMs }: RedashRequest, signal: AbortSignal) {
  const stream = got.stream(url, {
    method,
    headers: {
      authorization: `Key ${apiKey}`,
      accept: 'application/json',
      'accept-encoding': 'gzip',
      'user-agent': 'muster',
    },
    ...(body !== undefined && { json: body }),
    agent: agents,
    signal,
    timeout: { socket: silenceMs },
    retry: { limit: 0 }, // there is one retry layer, and it is not this
    followRedirect: false,
    throwHttpErrors: false,
    decompress: false, // we count the bytes before and after
  });
  if (body === undefined && method !== 'GET') stream.end(); // else got waits for a body to be written
  return stream;
}

async function receive<T>(stream: ReturnType<typeof openStream>, use: (reply: RedashReply) => Promise<T>): Promise<T> {
  stream.on('error', () => undefined); // one that comes when nobody listens any more must not end the process
  try {
    const { statusCode, headers } = await new Promise<{ statusCode: number; headers: IncomingHttpHeaders }>(
      (resolve, reject) => {
        stream.once('response', resolve);
        stream.once('error', reject);
      },
    );
    return await use({ status: statusCode, headers, body: stream });
  } finally {
    stream.destroy();
  }
}

function tooSlow(host: string, timeoutMs: number) {
  return new TemporaryFailure(
    'redashUnavailable',
    `Redash at ${host} did not finish its answer within ${timeoutMs} ms.`,
    {
      details: { host, timeoutMs },
    },
  );
}

/** Library errors carry the request with its key: only their code is taken over, or the guard's own error within. */
function connectionFailure(host: string, error: unknown) {
  const { cause } = error as { cause?: unknown };
  if (cause instanceof MusterError) return cause;
  const code = codeOf(error) ?? 'unknown';
  const details = { host, code };
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code)) {
    return new PermanentFailure(
      'redashCertificateRefused',
      `The certificate of Redash at ${host} cannot be trusted (${code}): it must be mended there.`,
      { details },
    );
  }
  const said = /^(ENOTFOUND|EAI_AGAIN)$/.test(code)
    ? 'The name of the server is unknown'
    : 'Redash cannot be reached or broke off';
  return new TemporaryFailure('redashUnavailable', `${said}: ${host} (${code}).`, { details });
}
