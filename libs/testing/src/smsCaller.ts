import { createHash } from 'node:crypto';
import { type ApiBench } from './apiBench.ts';

/** A request to the SMS API. */
export interface SmsSent {
  /** Sent as JSON; a text as it is. */
  body?: unknown;
  /** An admin's of the first company where absent. */
  key?: string;
  /** In place of what is right. */
  headers?: Record<string, string>;
}

interface Described {
  paths: Record<string, Record<string, { responses: Record<string, { description: string }> }>>;
}

const documents = new WeakMap<ApiBench, Promise<Described>>();

/**
 * Calls the SMS API of a bench as its clients do: the key alone in `Authorization`, the body with its MD5. A code that the API's
 * description does not have for the operation throws.
 */
export function smsCaller(bench: ApiBench) {
  return async (method: 'GET' | 'POST', path: string, { body, key = bench.own.keys.admin, headers }: SmsSent = {}) => {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const checked = text === undefined ? {} : { 'Content-Type': 'application/json', 'Content-MD5': md5Of(text) };
    const sent = { key: null, body: text, headers: { Authorization: key, ...checked, ...headers } };
    const answer = await bench.call(method, `/sms${path}`, sent);
    const { errorCode } = answer.json as { errorCode?: string };
    if (errorCode !== undefined && answer.status >= 400)
      await checkCode(bench, { method, path, status: answer.status, errorCode });
    return {
      status: answer.status,
      json: answer.json,
      text: answer.text,
      ...(errorCode !== undefined && { errorCode }),
    };
  };
}

/** The MD5 of a body, as its header bears it. */
export function md5Of(body: string): string {
  return createHash('md5').update(body).digest('hex');
}

interface Refusal {
  method: string;
  path: string;
  status: number;
  errorCode: string;
}

async function checkCode(bench: ApiBench, { method, path, status, errorCode }: Refusal) {
  const fetched = documents.get(bench) ?? fetchDocument(bench);
  documents.set(bench, fetched);
  const [bare = ''] = path.split('?');
  const operations = Object.entries((await fetched).paths).filter(([known]) => formOf(known).test(bare));
  const described = operations.map(([, item]) => item[method.toLowerCase()]).find((one) => one !== undefined);
  if (!described || described.responses[status]?.description.includes(`${errorCode}: `)) return;
  throw new Error(`${method} ${bare} answered ${status} with ${errorCode}, which is not described`);
}

const fetchDocument = async ({ url }: ApiBench) => (await (await fetch(`${url}/sms/openapi.json`)).json()) as Described;

const formOf = (path: string) => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
