import { pythonJson } from './pythonJson.ts';

/** An answer before it is sent: its body in pieces, for it may be big. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: Buffer[];
}

const JSON_TYPE = { 'Content-Type': 'application/json' };
const PAGE = '<!doctype html><title>Redash</title>';
const NOT_ALLOWED =
  '<!doctype html>\n<html lang=en>\n<title>405 Method Not Allowed</title>\n<h1>Method Not Allowed</h1>\n<p>The method is not allowed for the requested URL.</p>\n';

/** An answer with a JSON body, printed as Python does. */
export function jsonReply(status: number, body: unknown): Reply {
  return { status, headers: JSON_TYPE, body: [Buffer.from(pythonJson(body))] };
}

/** `{"message": …}`, one of Redash's two shapes of errors. */
export function messageReply(status: number, message: string): Reply {
  return jsonReply(status, { message });
}

/** `{"job": {"status": 4, "error": …}}`, the other one. */
export function jobErrorReply(status: number, error: string): Reply {
  return jsonReply(status, { job: { status: 4, error } });
}

/** Redash does not say 401: who is not known finds nothing. */
export const notSignedIn = messageReply(404, "Couldn't find resource. Please login and try again.");
export const notFound = messageReply(
  404,
  'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.',
);
export const notKept = messageReply(404, 'No cached result found for this query.');
export const serverError = messageReply(500, 'Internal Server Error');
export const needsUserKey = messageReply(403, 'Please use a user API key.');
export const forbidden = messageReply(
  403,
  "You don't have the permission to access the requested resource. It is either read-protected or not readable by the server.",
);
export const noDataSourceAccess = jobErrorReply(
  403,
  'You do not have permission to run queries with this data source.',
);
export const unsafeParameters = jobErrorReply(
  403,
  'This query contains potentially unsafe parameters and cannot be executed on a shared dashboard or an embedded visualization.',
);
export const pausedDataSource = jobErrorReply(400, 'target is paused (maintenance). Please try later.');
export const deletedDataSource = jobErrorReply(401, 'Target data source not available.');
export const missingCsrfToken = messageReply(400, 'The CSRF token is missing.');

/** What unknown paths get: the page of the web application, with status 200. */
export const webPage: Reply = {
  status: 200,
  headers: {
    'Content-Disposition': 'inline; filename=index.html',
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-cache, max-age=0',
  },
  body: [Buffer.from(PAGE)],
};
export const methodNotAllowed: Reply = {
  status: 405,
  headers: { 'Content-Type': 'text/html; charset=utf-8', Allow: 'OPTIONS, HEAD, GET' },
  body: [Buffer.from(NOT_ALLOWED)],
};

/** Pages send whoever is not signed in to the login. */
export function loginRedirect(url: string): Reply {
  const target = `/login?next=${encodeURIComponent(url)}`;
  const text = `<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n<p>You should be redirected automatically to the target URL: <a href="${target}">${target}</a>. If not, click the link.\n`;
  return {
    status: 302,
    headers: { 'Content-Type': 'text/html; charset=utf-8', Location: target },
    body: [Buffer.from(text)],
  };
}

/** What a proxy says while Redash is away. */
export function proxyError(status: 502 | 503 | 504): Reply {
  return { status, headers: { 'Content-Type': 'text/html' }, body: [Buffer.from(`<html><h1>${status}</h1></html>`)] };
}
