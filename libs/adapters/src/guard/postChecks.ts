import { type IncomingHttpHeaders } from 'node:http';
import got from 'got';
import { codeOf, MusterError } from '@muster/core/errors';
import { type GuardedAgents } from '../addressGuard/guardedAgents.ts';
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
    if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
      throw guardMalformed(host, 'packs its answers though we do not ask for it');
    }
    return decode(await gather(stream, { host, headers, maxBytes }), host);
  } finally {
    stream.destroy();
  }
}

interface Gathering {
  host: string;
  headers: IncomingHttpHeaders;
  maxBytes: number;
}

async function gather(stream: AsyncIterable<Buffer>, { host, headers, maxBytes }: Gathering): Promise<Buffer> {
  const tooBig = () => guardMalformed(host, `answers with more than ${maxBytes} bytes`);
  const announced = Number(headers['content-length'] ?? NaN);
  if (announced > maxBytes) throw tooBig();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooBig();
    chunks.push(chunk);
  }
  if (Number.isSafeInteger(announced) && bytes !== announced) {
    throw guardUnavailable(host, 'broke off in the middle of its answer');
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Buffer, host: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw guardMalformed(host, 'answers with what is no text in UTF-8');
  }
}

/** A library's error may hold the address with its key: only the code is taken over, or the address guard's own error within. */
function connectionFailure(host: string, error: unknown) {
  const { cause } = error as { cause?: unknown };
  if (cause instanceof MusterError) return cause;
  const code = codeOf(error) ?? 'unknown';
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code)) return guardUntrusted(host, code);
  const how = /^(ENOTFOUND|EAI_AGAIN)$/.test(code) ? 'has a name that nobody knows' : 'cannot be reached or broke off';
  return guardUnavailable(host, `${how} (${code})`, { code });
}
