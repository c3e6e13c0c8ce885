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

/** Calls the SMS API of a bench as its clients do: the key alone in `Authorization`, the body with its MD5. */
export function smsCaller(bench: ApiBench) {
  return async (method: 'GET' | 'POST', path: string, { body, key = bench.own.keys.admin, headers }: SmsSent = {}) => {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const checked = text === undefined ? {} : { 'Content-Type': 'application/json', 'Content-MD5': md5Of(text) };
    const sent = { key: null, body: text, headers: { Authorization: key, ...checked, ...headers } };
    const answer = await bench.call(method, `/sms${path}`, sent);
    const { errorCode } = answer.json as { errorCode?: string };
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
