import { type IncomingHttpHeaders } from 'node:http';
import got from 'got';
import { MusterError } from '@muster/core/errors';
import { type GuardedAgents } from '../addressGuard/guardedAgents.ts';
import { connectionTrouble } from '../outward/connectionTrouble.ts';
import { receiveText } from '../outward/receiveText.ts';
import { guardMalformed, guardRefusal, guardUnavailable, guardUntrusted } from './guardFailures.ts';

/** One request to a guard. */
export interface GuardRequest {
  url: string;
  /** As it is called in messages. */
  host: string;
  body: unknown;
  agents: GuardedAgents;
  signal: AbortSignal;
  /** Until the last byte of the answer. */
  timeoutMs: number;
  maxBytes: number;
}

/** Posts to a guard and gives the text of its answer, if that is 200 and whole; else a failure that says what to mend. */
export async function postChecks(request: GuardRequest): Promise<string> {
  const { host, signal, timeoutMs } = request;
  const stop = new AbortController();
  const onAbort = () => stop.abort();
  const timer = setTimeout(onAbort, timeoutMs);
  signal.addEventListener('abort', onAbort);
  try {
    signal.throwIfAborted();
    return await receive(openStream(request, stop.signal), request);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof MusterError) throw error;
    if (stop.signal.aborted)
      throw guardUnavailable(host, `did not finish its answer within ${timeoutMs} ms`, { timeoutMs });
    throw connectionFailure(host, error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

function openStream({ url, body, agents }: GuardRequest, signal: AbortSignal) {
  return got.stream(url, {
    method: 'POST',
    headers: { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'muster' },
    json: body,
    agent: agents,
    signal,
    retry: { limit: 0 }, // there is one retry layer, and it is not this
    followRedirect: false,
    throwHttpErrors: false,
    decompress: false, // what is packed unasked may unpack to anything
  });
}

async function receive(stream: ReturnType<typeof openStream>, { host, maxBytes }: GuardRequest): Promise<string> {
  stream.on('error', () => undefined); // one that comes when nobody listens any more must not end the process
  try {
    const { statusCode, headers } = await new Promise<{ statusCode: number; headers: IncomingHttpHeaders }>(
      (resolve, reject) => {
        stream.once('response', resolve);
        stream.once('error', reject);
      },
    );
    if (statusCode !== 200) throw guardRefusal(host, statusCode, headers);
    const cut = (how: string) => guardUnavailable(host, how);
    const malformed = (how: string) => guardMalformed(host, how);
    return await receiveText(stream, { headers, maxBytes, cut, malformed });
  } finally {
    stream.destroy();
  }
}

function connectionFailure(host: string, error: unknown) {
  const { refusal, code, isUntrusted, how } = connectionTrouble(error);
  if (refusal) return refusal;
  return isUntrusted ? guardUntrusted(host, code) : guardUnavailable(host, how, { code });
}
