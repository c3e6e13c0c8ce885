import { executeQuery } from './executeQuery.ts';
import { jobView } from './jobView.ts';
import { type JobTrick, type RedashJobs, type StoredResult } from './redashJobs.ts';
import {
  jsonReply,
  loginRedirect,
  methodNotAllowed,
  needsUserKey,
  notFound,
  notKept,
  notSignedIn,
  type Reply,
  serverError,
  webPage,
} from './reply.ts';
import { type Giving, resultReply } from './resultReply.ts';
import { defaultStatement, hashOf, isSafe, type SavedQuery } from './savedQuery.ts';

/** What the stand-in knows. */
export interface World {
  queries: SavedQuery[];
  userKeys: string[];
  jobs: RedashJobs;
}

/** A request as it came. */
export interface Asked {
  method: string;
  /** Absolute. */
  url: URL;
  key: string | undefined;
  body: string;
  trick: JobTrick | undefined;
}

interface Visit extends Asked, World {
  /** The parts of the path that the route names. */
  parts: string[];
  /** The query in the path, if there is one. */
  query: SavedQuery | undefined;
  who: 'user' | 'query' | undefined;
}

type Route = [method: string, path: RegExp, answer: (visit: Visit) => Reply];

const routes: Route[] = [
  ['POST', /^\/api\/queries\/(\d+)\/results$/, (visit) => ofQuery(visit, execute)],
  [
    'POST',
    /^\/api\/queries\/(\d+)\/refresh$/,
    (visit) => (visit.who === 'query' ? needsUserKey : ofQuery(visit, refresh)),
  ],
  ['GET', /^\/api\/queries\/(\d+)$/, (visit) => ofQuery(visit, describe)],
  ['GET', /^\/api\/queries\/\d+\/jobs\/([^/]+)$/, findJob],
  ['DELETE', /^\/api\/queries\/\d+\/jobs\/([^/]+)$/, () => serverError],
  ['GET', /^\/api\/queries\/(\d+)\/results(?:\.(\w+))?$/, (visit) => ofQuery(visit, newestResult)],
  ['GET', /^\/api\/queries\/\d+\/results\/(\d+)\.(\w+)$/, (visit) => ofQuery(visit, resultOfQuery)],
  ['GET', /^\/api\/query_results\/(\d+)(?:\.(\w+))?$/, resultOfUser],
  ['GET', /^\/api\/jobs\/([^/]+)$/, findJob],
  ['DELETE', /^\/api\/jobs\/([^/]+)$/, cancelJob],
  ['GET', /^\/api\/session$/, () => jsonReply(200, { client_config: { version: '25.8.0' } })],
];

/** Answers as Redash 25.8 does. */
export function answerRequest(world: World, asked: Asked): Reply {
  const path = asked.url.pathname;
  const [, id] = /^\/api\/queries\/([^/]+)/.exec(path) ?? [];
  const query = world.queries.find((known) => String(known.id) === id);
  const who = identify(world, query, asked.key);
  if (!path.startsWith('/api/')) return who ? webPage : loginRedirect(asked.url.href);
  if (!who) return id !== undefined && !query ? serverError : notSignedIn; // a bad key and no such query: it stumbles
  if (id !== undefined && !/^\d{1,9}$/.test(id)) return serverError;
  for (const [method, pattern, answer] of routes) {
    const parts = method === asked.method ? pattern.exec(path) : null;
    if (parts) return answer({ ...world, ...asked, parts: parts.slice(1), query, who });
  }
  return asked.method === 'GET' ? webPage : methodNotAllowed;
}

/** A query's key counts only on paths that hold the query's number. */
function identify({ userKeys }: World, query: SavedQuery | undefined, key: string | undefined) {
  if (key === undefined || key === '') return undefined;
  if (userKeys.includes(key)) return 'user';
  return query?.apiKey === key ? 'query' : undefined;
}

function ofQuery(visit: Visit, answer: (visit: Visit, query: SavedQuery) => Reply): Reply {
  return visit.query ? answer(visit, visit.query) : notFound;
}

function execute({ jobs, who, trick, body }: Visit, query: SavedQuery): Reply {
  return executeQuery(jobs, { query, body, trick, isQueryKey: who === 'query' });
}

function refresh({ jobs, url, trick }: Visit, query: SavedQuery): Reply {
  const parameters = Object.fromEntries(
    [...url.searchParams].filter(([key]) => key.startsWith('p_')).map(([key, value]) => [key.slice(2), value]),
  );
  return executeQuery(jobs, { query, body: JSON.stringify({ max_age: 0, parameters }), trick, isQueryKey: false });
}

function describe({ jobs }: Visit, query: SavedQuery): Reply {
  return jsonReply(200, {
    id: query.id,
    name: query.name,
    query: query.sql,
    query_hash: hashOf(defaultStatement(query)),
    latest_query_data_id: jobs.newest(hashOf(defaultStatement(query)))?.id ?? null,
    data_source_id: 1,
    is_archived: false,
    is_safe: isSafe(query),
    api_key: query.apiKey ?? null,
    options: { parameters: query.parameters ?? [], apply_auto_limit: query.hasAutoLimit ?? false },
  });
}

function findJob({ jobs, parts: [id = ''] }: Visit): Reply {
  const job = jobs.find(id);
  return job ? jsonReply(200, jobView(job)) : serverError;
}

function cancelJob({ jobs, parts: [id = ''] }: Visit): Reply {
  const job = jobs.find(id);
  if (job) jobs.cancel(job);
  return jsonReply(200, null);
}

function newestResult({ jobs, parts: [, type = 'json'] }: Visit, query: SavedQuery): Reply {
  const result = jobs.newest(hashOf(defaultStatement(query)));
  return result ? give(result, type, { fileName: query.name }) : notKept;
}

function resultOfQuery({ jobs, who, parts: [id, type = 'json'] }: Visit, query: SavedQuery): Reply {
  const result = jobs.result(Number(id));
  if (!result) return notFound;
  if (who === 'query' && result.hash !== hashOf(defaultStatement(query))) return notKept;
  return give(result, type, { fileName: query.name, isKept: true });
}

function resultOfUser({ jobs, parts: [id = '', type = 'json'] }: Visit): Reply {
  const result = jobs.result(Number(id));
  return result ? give(result, type, { fileName: id, isKept: true }) : notFound;
}

function give(result: StoredResult, type: string, giving: Omit<Giving, 'type'>): Reply {
  return type === 'json' || type === 'csv' ? resultReply(result, { type, ...giving }) : serverError;
}
