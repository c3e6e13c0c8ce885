import { SECRET } from './fieldHint.ts';
import { type Filled, type World } from './requestOf.ts';
import { type HttpAnswer } from './sendRequest.ts';

/** In the texts of the other company's objects: no answer to this one may ever hold it. */
export const CANARY = 'canary-of-another-company';

export interface Exchange extends Filled {
  /** Of the operation that was meant. */
  base: string;
  answer: HttpAnswer;
}

/** Throws where an answer is not as it is described. */
export type AnswerCheck = (seen: {
  method: string;
  path: string;
  status: number;
  contentType: string;
  json: unknown;
}) => void;

const ID = /\b[A-Z][A-Z0-9]-[A-Z0-9]{3,}-[A-Z0-9]{3,}\b|\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/g;

/** What is wrong with an answer, in a sentence; undefined: nothing. */
export function judgeAnswer({ request, answer, base }: Exchange, world: World, check: AnswerCheck): string | undefined {
  const { status, text, headers } = answer;
  const contentType = headers['content-type'] ?? '';
  if (status >= 500) return `answered ${status}`;
  if (status === 431) return undefined; // Node's own: the address and the headers are longer than it reads
  if (headers['x-request-id'] === undefined) return `answered ${status} without X-Request-Id`;
  if (text.includes(SECRET)) return 'showed a secret';
  const sent = `${request.path}${request.body ? Buffer.from(request.body).toString() : ''}`;
  if (text.includes(CANARY) && !sent.includes(CANARY)) return 'showed something of another company';
  const theirs = world.other.pool.ids;
  const strange = (text.match(ID) ?? []).find((id) => theirs.has(id) && !sent.includes(id));
  if (strange !== undefined) return `showed ${strange}, an id of another company`;
  if (request.method === 'HEAD' || status === 304) return undefined;
  const json = contentType.includes('json') ? parsed(text) : undefined;
  const isError = base === '/sms' ? isSmsError(json) : isErrorAnswer(json, answer);
  if (status >= 400 && !isError) return `answered ${status} without the form of an error`;
  try {
    check({ method: request.method, path: request.path.slice(base.length), status, contentType, json });
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

/** JSON that says all that a refusal says. */
function isErrorAnswer(json: unknown, { status, headers }: HttpAnswer): boolean {
  if (typeof json !== 'object' || json === null) return false;
  const { status: told, code, message, errors, requestId } = json as Record<string, unknown>;
  const texts = [code, message].every((text) => typeof text === 'string' && text !== '');
  return texts && told === status && Array.isArray(errors) && requestId === headers['x-request-id'];
}

/** The form that refusals of the SMS API have. */
function isSmsError(json: unknown): boolean {
  const { errorCode, errorDescription, ...more } = (json ?? {}) as Record<string, unknown>;
  const isCode = typeof errorCode === 'string' && /^\d{5,6}$/.test(errorCode);
  return isCode && typeof errorDescription === 'string' && errorDescription !== '' && Object.keys(more).length === 0;
}

/** The JSON of an answer; undefined: it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
