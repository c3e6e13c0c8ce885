import { type IncomingHttpHeaders } from 'node:http';
import { type MusterError, PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { cleanMessage } from './cleanMessage.ts';

/** An answer that is not what was asked for. */
export interface Refusal {
  host: string;
  queryId: number;
  status: number;
  headers: IncomingHttpHeaders;
  /** The beginning of the body. */
  text: string;
}

type Verdict = (refusal: Refusal, said: string) => MusterError;

const UNAVAILABLE = new Set([408, 425, 429, 500, 502, 503, 504]);

/** What an answer other than the wanted JSON means, and what to do about it. */
export function refusalOf(refusal: Refusal): MusterError {
  const { status } = refusal;
  const said = messageIn(refusal.text);
  if (status >= 300 && status < 400) return redirected(refusal);
  if (UNAVAILABLE.has(status) || status >= 500) return unavailable(refusal);
  if (status < 300) return notJson(refusal, said);
  const verdict = verdicts.find(([wanted, text]) => wanted === status && text.test(said))?.[2];
  return verdict ? verdict(refusal, said) : refused(refusal, said);
}

/** The sentence in `{"message": …}` or `{"job": {"error": …}}`, the two shapes of Redash's errors. */
function messageIn(text: string): string {
  try {
    const body = JSON.parse(text) as { message?: unknown; job?: { error?: unknown } } | null;
    const said = body?.message ?? body?.job?.error;
    return typeof said === 'string' ? said : '';
  } catch {
    return '';
  }
}

const permanent = (code: string, sentence: (refusal: Refusal, said: string) => string): Verdict => {
  return (refusal, said) =>
    new PermanentFailure(code, sentence(refusal, cleanMessage(said)), {
      details: { host: refusal.host, queryId: refusal.queryId, status: refusal.status },
    });
};

const keyRefused = permanent(
  'redashKeyRefused',
  ({ host, queryId }) =>
    `Redash at ${host} does not know the key, or it is another query's: give a user's API key or that of query ${queryId}.`,
);
const notAllowed = permanent(
  'redashForbidden',
  ({ queryId }, said) => `The key may not execute query ${queryId} in Redash: ${said || 'no permission'}`,
);

/** Redash's texts are compared by their beginning: some versions add a guess at the address that was meant. */
const verdicts: [status: number, said: RegExp, verdict: Verdict][] = [
  [404, /^Couldn't find resource/, keyRefused],
  [
    404,
    /^No cached result/,
    permanent('redashResultHidden', () => 'The result cannot be fetched with the key of the query.'),
  ],
  [
    404,
    /^The requested URL was not found/,
    permanent(
      'redashQueryMissing',
      ({ host, queryId }) => `There is no query ${queryId}, or no such result, in Redash at ${host}.`,
    ),
  ],
  [
    404,
    /(?:)/,
    permanent(
      'redashNotJson',
      ({ host }) => `There is no Redash at this address of ${host}: check what stands before /queries/.`,
    ),
  ],
  [
    405,
    /(?:)/,
    permanent(
      'redashNotJson',
      ({ host }) => `No Redash takes requests at this address of ${host}: check the organisation in it.`,
    ),
  ],
  [400, /^The CSRF token/, keyRefused],
  [400, /is paused/, paused],
  [
    400,
    /^Missing parameter value/,
    permanent(
      'redashParameterMissing',
      (_, said) => `${said}: give the query defaults, or write p_name=value into its address.`,
    ),
  ],
  [
    400,
    /^The following parameter values/,
    permanent('redashParameterRefused', (_, said) => `Redash refuses values of parameters. ${said}`),
  ],
  [
    401,
    /^Target data source/,
    permanent('redashDataSourceMissing', ({ queryId }) => `The data source of query ${queryId} was deleted in Redash.`),
  ],
  [401, /(?:)/, keyRefused],
  [403, /(?:)/, notAllowed],
];

const refused = permanent(
  'redashRefused',
  ({ host, status }, said) => `Redash at ${host} refuses the request with ${status}${said && `: ${said}`}.`,
);

const notJson = permanent(
  'redashNotJson',
  ({ host }) =>
    `${host} answers with something that is not JSON: either no Redash is there, or a login page stands before it.`,
);

function paused({ host, queryId, status }: Refusal, said: string) {
  return new TemporaryFailure('redashPaused', `Redash cannot execute query ${queryId} now: ${cleanMessage(said)}`, {
    details: { host, queryId, status },
  });
}

function redirected({ host, queryId, status, headers }: Refusal) {
  const base = `https://${host}`;
  const target =
    headers.location !== undefined && URL.canParse(headers.location, base)
      ? new URL(headers.location, base)
      : undefined;
  const where = target ? target.origin + target.pathname : 'elsewhere'; // the rest may hold what is not ours to show
  return new PermanentFailure(
    'redashRedirected',
    `Redash at ${host} sends us to ${where}: give the address that answers itself.`,
    {
      details: { host, queryId, status },
    },
  );
}

function unavailable({ host, queryId, status, headers }: Refusal) {
  const seconds = Number(headers['retry-after'] ?? NaN);
  const hint = status === 500 ? ' If it stays so, check the organisation, the number of the query and the key.' : '';
  return new TemporaryFailure('redashUnavailable', `Redash at ${host} answers ${status}.${hint}`, {
    details: { host, queryId, status, ...(Number.isFinite(seconds) && { retryAfterMs: seconds * 1_000 }) },
  });
}
