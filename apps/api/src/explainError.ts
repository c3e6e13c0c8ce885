import { Conflict, type Fault, InvalidInput, MusterError, NotFound, TemporaryFailure } from '@muster/core/errors';
import { translateDatabaseError } from '@muster/db/databaseErrors';
import { Refused } from './refused.ts';
import { type Reply, replyOf } from './reply.ts';

interface Explained {
  status: number;
  code: string;
  message: string;
  errors?: Fault[];
  details?: Record<string, unknown>;
  headers?: Record<string, string>;
}

/** The most that an answer names, and says in its one sentence. */
export const MOST_FAULTS = 1_000;
export const LONGEST_MESSAGE = 10_000;
const AGAIN_SOON = { 'Retry-After': '5' };
const BUG = {
  status: 500,
  code: 'internalError',
  message: 'something went wrong on our side; the request id helps to find it',
};
/** What Express's body parser says, in our words: its own quote the body. */
const bodyProblems: Record<string, Omit<Explained, 'status'>> = {
  'entity.parse.failed': { code: 'malformedJson', message: 'the body is not a JSON object' },
  'entity.too.large': { code: 'tooLarge', message: 'the body is too large' },
  'encoding.unsupported': { code: 'unsupportedMediaType', message: 'the content encoding is not supported' },
  'charset.unsupported': { code: 'unsupportedMediaType', message: 'the charset must be UTF-8' },
};

/** The answer to an error: never a stack trace, a text of SQL, or a secret. */
export function explainError(thrown: unknown, requestId: string): Reply {
  const { status, code, message, errors = [], details, headers = {} } = explain(thrown);
  const told = { status, code, message: shortened(message), errors: errors.slice(0, MOST_FAULTS) };
  return replyOf(status, { ...told, ...(details && { details }), requestId }, headers);
}

/** A small request that is wrong in thousands of places must not have a huge answer. */
function shortened(message: string): string {
  if (message.length <= LONGEST_MESSAGE) return message;
  return `${message.slice(0, LONGEST_MESSAGE - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

function explain(thrown: unknown): Explained {
  const error = translateDatabaseError(thrown);
  if (error instanceof InvalidInput) return { ...plain(error, 400), message: error.message, errors: error.faults };
  if (error instanceof NotFound) return plain(error, 404);
  if (error instanceof Conflict) return plain(error, 409);
  if (error instanceof TemporaryFailure) return { ...plain(error, 503), headers: AGAIN_SOON };
  if (error instanceof MusterError) return plain(error, 500);
  if (error instanceof Refused) return { status: error.status, ...reasonOf(error), headers: error.headers };
  return explainExpress(error) ?? BUG;
}

function plain(error: MusterError, status: number): Explained {
  const { field, fields = [field], ...details } = error.details;
  const named = (fields as unknown[]).filter((name) => typeof name === 'string');
  const errors = named.map((name) => ({ field: name, ...reasonOf(error) }));
  return { status, ...reasonOf(error), errors, ...(Object.keys(details).length > 0 && { details }) };
}

function reasonOf({ code, message }: { code: string; message: string }) {
  return { code, message };
}

/** Express and its body parser throw errors with a `status`; a path that cannot be decoded is one, too. */
function explainExpress(error: unknown): Explained | undefined {
  const { status, type } = error as { status?: unknown; type?: unknown };
  if (typeof status !== 'number' || status < 400 || status >= 500) return undefined;
  const known = bodyProblems[String(type)] ?? { code: 'badRequest', message: 'the request cannot be read' };
  return { status, ...known };
}
