import { Writable } from 'node:stream';
import { PermanentFailure } from '@muster/core/errors';
import { parseQueryUrl, type QueryAddress } from '@muster/core/redashQueryUrl';
import { type RedashQuery } from '@muster/pipeline/ports';
import { type GuardedAgents } from '../addressGuard/guardedAgents.ts';
import { type Deadline } from './deadline.ts';
import { receiveBody } from './receiveBody.ts';
import { readJob, type RedashJob } from './redashJob.ts';
import { refusalOf } from './refusalOf.ts';
import { type RedashReply, type RedashRequest, sendRequest } from './sendRequest.ts';

/** The values of a query's parameters, as Redash takes them. */
export type ParameterValues = Record<string, unknown>;

/** What is asked of one saved query. All paths hold the query's number, so that its own key works as well as a user's. */
export interface RedashCalls {
  readonly address: QueryAddress;
  /** Its text and parameters. */
  describe(): Promise<unknown>;
  /** Asks for a fresh execution; gives the job and the server's own time. */
  start(parameters: ParameterValues): Promise<{ job: RedashJob; answeredAt: number | undefined }>;
  find(jobId: string): Promise<RedashJob>;
  /** Ends a job; works with a user key only. Never throws. */
  cancel(jobId: string): Promise<void>;
  /** Brings a result to `to`, packed as JSON. */
  download(resultId: number, to: Writable): Promise<void>;
  /** Brings the newest result of these very parameters that is not older than `maxAgeSeconds`. */
  downloadKept(parameters: ParameterValues, maxAgeSeconds: number, to: Writable): Promise<void>;
}

/** Limits of one server's calls. */
export interface CallLimits {
  requestTimeoutMs: number;
  maxBytes: number;
  allowHttp: (host: string, port: number) => boolean;
  /** Who makes the connections, to checked addresses only. */
  agents: GuardedAgents;
}

interface Doing {
  deadline: Deadline;
  signal: AbortSignal;
}

const CANCEL_MS = 5_000;
const SMALL_BODY_BYTES = 8 * 1024 * 1024;
const NO_LIMIT = { apply_auto_limit: false }; // else new servers give 1,000 rows of 5,000 without a word

/** The calls to one query, within the limits and until the deadline. */
export function redashCalls(query: RedashQuery, limits: CallLimits, doing: Doing): RedashCalls {
  const address = parseQueryUrl(query.url);
  checkScheme(address.baseUrl, limits.allowHttp);
  const path = `/api/queries/${address.queryId}`;
  const { ask, download } = redashLine(address, { ...limits, ...doing, apiKey: query.apiKey });

  return {
    address,
    describe: async () => (await ask('GET', path)).body,
    async start(parameters) {
      const { body, headers } = await ask('POST', `${path}/results`, { body: { max_age: 0, parameters, ...NO_LIMIT } });
      const answeredAt = Date.parse(headers.date ?? '');
      return { job: readJob(body), answeredAt: Number.isNaN(answeredAt) ? undefined : answeredAt };
    },
    find: async (jobId) => readJob((await ask('GET', `${path}/jobs/${encodeURIComponent(jobId)}`)).body),
    async cancel(jobId) {
      const timeoutMs = Math.min(limits.requestTimeoutMs, CANCEL_MS);
      // With a signal and a time of its own: it is called when the others have ended.
      const own = { timeoutMs, signal: new AbortController().signal };
      await ask('DELETE', `/api/jobs/${encodeURIComponent(jobId)}`, own).catch(() => undefined);
    },
    download: (resultId, to) => download('GET', `${path}/results/${resultId}.json`, { to }),
    downloadKept: (parameters, maxAgeSeconds, to) =>
      download('POST', `${path}/results`, { body: { max_age: maxAgeSeconds, parameters, ...NO_LIMIT }, to }),
  };
}

type Line = CallLimits & Doing & { apiKey: string };
type Method = RedashRequest['method'];

/** Requests to one server, of which nothing but JSON is taken. */
function redashLine(
  { baseUrl, queryId }: QueryAddress,
  { requestTimeoutMs, maxBytes, agents, deadline, signal, apiKey }: Line,
) {
  const { host } = new URL(baseUrl);
  const refusal = ({ status, headers }: RedashReply, text: string) =>
    refusalOf({ host, queryId, text, status, headers });
  const demandJson = async (reply: RedashReply) => {
    if (reply.status !== 200 || !isJson(reply)) throw refusal(reply, await textOf(reply));
  };
  const requestOf = (method: Method, path: string, more: Partial<RedashRequest>): RedashRequest => ({
    ...{
      method,
      url: baseUrl + path,
      apiKey,
      agents,
      signal,
      silenceMs: requestTimeoutMs,
      timeoutMs: deadline.leftMs(),
    },
    ...more,
  });

  function ask(method: Method, path: string, more: Partial<RedashRequest> = {}) {
    const timeoutMs = Math.min(requestTimeoutMs, deadline.leftMs());
    return sendRequest(requestOf(method, path, { timeoutMs, ...more }), async (reply) => {
      await demandJson(reply);
      return { body: jsonOf(await textOf(reply), () => refusal(reply, '')), headers: reply.headers };
    });
  }
  // A big result takes its time: only silence and the deadline limit it.
  function download(method: Method, path: string, { to, ...more }: Partial<RedashRequest> & { to: Writable }) {
    return sendRequest(requestOf(method, path, more), async (reply) => {
      await demandJson(reply);
      await receiveBody(reply, to, maxBytes);
    });
  }
  return { ask, download };
}

function checkScheme(baseUrl: string, allowHttp: CallLimits['allowHttp']): void {
  const { protocol, hostname, port } = new URL(baseUrl);
  if (protocol === 'https:' || allowHttp(hostname.replace(/^\[|\]$/g, ''), port === '' ? 80 : Number(port))) return;
  throw new PermanentFailure(
    'redashNotEncrypted',
    `Redash at ${hostname} is to be asked over plain http, where anybody on the way reads the key: use https, or let the operator add it to ALLOW_HTTP.`,
  );
}

function isJson({ headers }: RedashReply): boolean {
  return /^application\/json\b/i.test(headers['content-type'] ?? '');
}

async function textOf(reply: RedashReply): Promise<string> {
  const chunks: Buffer[] = [];
  const gather = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  await receiveBody(reply, gather, SMALL_BODY_BYTES);
  return Buffer.concat(chunks).toString();
}

function jsonOf(text: string, orElse: () => Error): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw orElse();
  }
}
