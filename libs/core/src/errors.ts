/** Facts that help whoever reads the error: names, ids and counts only, never a secret or a personal datum. */
export type Details = Record<string, unknown>;

/** One faulty field of an input: its path (`sftpSettings.host`), a stable code, and what to write instead. */
export interface Fault {
  field: string;
  code: string;
  message: string;
}

interface Because {
  details?: Details;
  cause?: unknown;
}

/** The base of all errors we throw on purpose. `code` is stable camelCase; `message` is a sentence for a person. */
export abstract class MusterError extends Error {
  readonly code: string;
  readonly details: Details;

  constructor(code: string, message: string, { details = {}, cause }: Because = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.details = details;
  }
}

/** The caller can mend it: HTTP 400 with the faulty fields; a step stops for good. */
export class InvalidInput extends MusterError {
  readonly faults: Fault[];

  constructor(faults: Fault[], message = faults.map(sentenceOf).join('; ')) {
    super('invalidInput', message);
    this.faults = faults;
  }
}

/** A fault of the whole input has no field to name. */
function sentenceOf({ field, message }: Fault) {
  return field === '' ? message : `${field}: ${message}`;
}

/** There is no such thing, or it belongs to somebody else: HTTP 404; a step stops for good. */
export class NotFound extends MusterError {}

/** Not in this state: HTTP 409; a step stops for good. */
export class Conflict extends MusterError {}

/** The outside is down, slow or said "later": HTTP 503; a step is tried again with growing waits. */
export class TemporaryFailure extends MusterError {}

/** Not yet, and nobody's fault: a step is asked again after `retryAfterMs`, and the attempt does not count. */
export class NotReady extends MusterError {
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number, message: string) {
    super('notReady', message);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Trying again cannot help: HTTP 500; a step stops for good and the run fails with this code and sentence. */
export class PermanentFailure extends MusterError {}

/** What to do about a failure. Everything unknown is a bug: tried again, and logged as an error. */
export function verdictOn(error: unknown): 'stop' | 'later' | 'retry' {
  if (error instanceof NotReady) return 'later';
  if (error instanceof TemporaryFailure || !(error instanceof MusterError)) return 'retry';
  return 'stop';
}

/** The `code` of a system or library error (`ECONNRESET`), where it has one. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}
