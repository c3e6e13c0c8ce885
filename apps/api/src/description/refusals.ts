import { type Schema } from '@muster/core/fields';
import { referenceTo } from '@muster/core/jsonSchemas';
import { ErrorAnswer } from './errorAnswer.ts';

type Refusal = [meaning: string, code: string, message: string];

const UNKNOWN = 'is not a known field; did you mean name?';
/** What each status says, and the code and message of one such answer. */
const refusals: Record<number, Refusal> = {
  400: ['Malformed or invalid: `errors` names every faulty field', 'invalidInput', `nmae: ${UNKNOWN}`],
  401: [
    'No credential, or one that is unknown, revoked or past its time',
    'unauthenticated',
    'this API key or token is unknown, revoked or past its time',
  ],
  403: ['The credential does not allow it', 'forbidden', 'this needs the scope company:write'],
  404: ['There is no such thing, or it is another company’s', 'campaignNotFound', 'there is no campaign CM-7K2M-Q9TX'],
  409: ['Not in this state', 'externalIdTaken', 'another campaign of the company has this externalId'],
  410: ['Past its retention', 'fileRemoved', 'the file is past its retention, and was removed'],
  412: [
    'The object has changed since the state that `If-Match` names',
    'etagMismatch',
    'the object has changed since: read it again, and send the ETag of that answer in If-Match',
  ],
  413: ['The body is too large', 'tooLarge', 'the body is too large'],
  415: [
    'The body is of another kind than this takes',
    'unsupportedMediaType',
    'the body must be JSON: Content-Type: application/json',
  ],
  416: ['The file has no such range', 'rangeNotSatisfiable', 'the file has 102 bytes'],
  422: [
    'The `Idempotency-Key` was used with another request',
    'idempotencyKeyReused',
    'this Idempotency-Key was used with another request',
  ],
  429: ['Too many requests: ask again after `Retry-After`', 'tooManyRequests', 'more than 6000 requests per minute'],
  500: [
    'Our own fault; the request id helps to find it',
    'internalError',
    'something went wrong on our side; the request id helps to find it',
  ],
  503: [
    'A store is out of reach: ask again after `Retry-After`',
    'databaseUnavailable',
    'the database cannot be reached',
  ],
};

/** A refusal with a status, as an operation names it among its answers. Throws for a status that nobody has explained. */
export function refusalReference(status: number): Schema {
  if (!refusals[status]) throw new Error(`refusals.ts does not say what ${status} is`);
  return { $ref: `#/components/responses/${nameOf(status)}` };
}

/** All refusals, by the names that operations refer to. */
export function refusalResponses() {
  const all = Object.entries(refusals).map(([status, of]) => [nameOf(Number(status)), response(Number(status), of)]);
  return Object.fromEntries(all) as Record<string, ReturnType<typeof response>>;
}

function nameOf(status: number) {
  return `Refusal${status}`;
}

function response(status: number, [description, code, message]: Refusal) {
  const errors = status === 400 ? [{ field: 'nmae', code: 'unknownField', message: UNKNOWN }] : [];
  const example = { status, code, message, errors, requestId: '1f0c5d0e-8f7a-4a53-9c1b-2f1f5f6f3a10' };
  return { description, content: { 'application/json': { schema: referenceTo(ErrorAnswer), example } } };
}
