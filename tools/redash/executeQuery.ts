import { type JobTrick, type RedashJobs } from './redashJobs.ts';
import { jobView } from './jobView.ts';
import { jobErrorReply, jsonReply, messageReply, type Reply, serverError, unsafeParameters } from './reply.ts';
import { resultReply } from './resultReply.ts';
import { hashOf, isSafe, missingNames, type SavedQuery, statementOf, unfitNames } from './savedQuery.ts';

/** One `POST /api/queries/{id}/results`. */
export interface Wish {
  query: SavedQuery;
  /** The body as it came: text that is no JSON counts as `{}`. */
  body: string;
  isQueryKey: boolean;
  trick: JobTrick | undefined;
}

/** Hands out a kept result that is young enough, else starts the query, as Redash decides. */
export function executeQuery(jobs: RedashJobs, { query, body, isQueryKey, trick }: Wish): Reply {
  const { max_age: maxAge, parameters, apply_auto_limit: limit } = bodyOf(body);
  if (parameters === null || (maxAge !== undefined && maxAge !== null && typeof maxAge !== 'number'))
    return serverError;
  const values = (parameters ?? {}) as Record<string, unknown>;
  const unfit = unfitNames(query, values);
  if (unfit.length > 0) {
    return messageReply(
      400,
      `The following parameter values are incompatible with their definitions: ${unfit.join(', ')}`,
    );
  }
  const missing = missingNames(query, values);
  if (missing.length > 0) return jobErrorReply(400, `Missing parameter value for: ${missing.join(', ')}`);
  if (isQueryKey && !isSafe(query)) return unsafeParameters;

  const statement = statementOf(query, values, typeof limit === 'boolean' ? limit : (query.hasAutoLimit ?? false));
  const kept = maxAge === 0 ? undefined : keptResult(jobs, statement, maxAge ?? -1);
  return kept
    ? resultReply(kept, { type: 'json', isBare: isQueryKey })
    : jsonReply(200, jobView(jobs.start(statement, trick)));
}

function bodyOf(body: string): { max_age?: number | null; parameters?: unknown; apply_auto_limit?: unknown } {
  try {
    return (JSON.parse(body) ?? {}) as object;
  } catch {
    return {};
  }
}

function keptResult(jobs: RedashJobs, statement: string, maxAgeSeconds: number) {
  const newest = jobs.newest(hashOf(statement));
  if (!newest || maxAgeSeconds < 0) return newest;
  return Date.now() - newest.retrievedAt.getTime() <= maxAgeSeconds * 1_000 ? newest : undefined;
}
