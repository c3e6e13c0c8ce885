import { codeOf, MusterError } from '@muster/core/errors';

/** What goes wrong with the queue, as a log may hold it: in words of ours, since a library's text names hosts and quotes commands. */
export interface QueueTrouble {
  /** One word: `storeUnreachable`, `storeSilent`, … */
  reason: string;
  /** What that means, for the person on call. */
  message: string;
  queue?: string;
  /** The code of the system, of Redis or of PostgreSQL, where there is one. */
  code?: string;
}

export type ReportTrouble = (trouble: QueueTrouble) => void;

interface Known {
  reason: string;
  message: string;
  codes: RegExp;
  text: RegExp;
}

const known: Known[] = [
  {
    reason: 'storeRefusesLogin',
    message: 'it refuses our login: mend REDIS_URL, or DATABASE_URL where the queue is in PostgreSQL',
    codes: /^(NOAUTH|WRONGPASS|NOPERM|28...|3D000)$/,
    text: /invalid (username-)?password|AUTH <password>/i,
  },
  {
    reason: 'storeReadOnly',
    message: 'it takes no changes: it is a replica, or is set to be read only',
    codes: /^(READONLY|25006)$/,
    text: /read.?only/i,
  },
  {
    reason: 'storeFull',
    message: 'it has no room left, in memory or on its disk',
    codes: /^(OOM|MISCONF|53[12]00|ENOSPC)$/,
    text: /out of memory|maxmemory/i,
  },
  {
    reason: 'storeStarting',
    message: 'it is starting, or changing its master',
    codes: /^(LOADING|MASTERDOWN|TRYAGAIN|57P03)$/,
    text: /starting up/i,
  },
  {
    reason: 'lockLost',
    message:
      'a job was held for too long without a word: another worker may look at its step, and finds who holds that',
    codes: /^$/,
    text: /\block\b|stalled/i,
  },
  {
    reason: 'storeSilent',
    message: 'it does not answer in time',
    codes: /^(ETIMEDOUT|ESOCKETTIMEDOUT|57014)$/,
    text: /timed? ?out|no answer/i,
  },
  {
    reason: 'storeUnreachable',
    message: 'it cannot be reached; what was rung for is rung for again once it is back',
    codes: /^(E(CONN|HOST|NET|PIPE|NOTFOUND|AI_).*|08...|57P0[12]|53300)$/,
    text: /connection (is|was|has been)? ?(closed|terminated|ended|lost)|stream isn't writeable|max retries|reached the max|connect/i,
  },
];

const UNKNOWN = { reason: 'storeFailed', message: 'it failed otherwise; its own log may say how' };

/** What a store's error is called in the log. Our own errors have a code and a sentence already. */
export function storeTrouble(error: unknown, queue?: string): QueueTrouble {
  const where = queue === undefined ? {} : { queue };
  if (error instanceof MusterError) return { reason: error.code, message: error.message, ...where };
  const text = textOf(error);
  const code = codeOf(error) ?? /^[A-Z]{3,20}(?= )/.exec(text)?.[0]; // Redis begins with it
  const { reason, message } =
    known.find(({ codes }) => code !== undefined && codes.test(code)) ??
    known.find((one) => one.text.test(text)) ??
    UNKNOWN;
  return { reason, message: `the queue's store: ${message}`, ...where, ...(code !== undefined && { code }) };
}

function textOf(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : '';
}
