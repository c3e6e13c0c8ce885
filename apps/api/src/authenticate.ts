import { type Request, type RequestHandler, type Response } from 'express';
import { type Scope } from '@muster/core/roles';
import { type Caller } from '@muster/db/apiKeys';
import { type FailureLimit } from './limitFailures.ts';
import { Refused } from './refused.ts';

interface Finder {
  find(credential: string): Promise<Caller | undefined>;
}

export interface Means {
  /** Checks bearer tokens (JWT); without it only API keys open anything. */
  tokens?: Finder;
  /** Slows down whoever tries credentials out. */
  failures?: FailureLimit;
}

interface Credential {
  text: string;
  kind: 'key' | 'token';
}

const REALM = 'Bearer realm="api"';

/**
 * Finds out who calls, by an API key - in `X-API-KEY`, or as a bearer - or a bearer token, or refuses with 401: in the same
 * words whatever is wrong with the credential, so that nothing can be learnt by trying.
 */
export function authenticate(keyring: Finder, { tokens, failures }: Means = {}): RequestHandler {
  return async (req, res, next) => {
    const { text, kind } = credentialIn(req);
    const find = async () => (kind === 'key' ? keyring : tokens)?.find(text);
    const caller = await (failures ? failures.look(req, text, find) : find());
    if (!caller) throw refused('this API key or token is unknown, revoked or past its time', ', error="invalid_token"');
    res.locals['caller'] = caller;
    next();
  };
}

/** Whoever names a company in the path must be of that company: to all others it does not exist. */
export const requireOwnCompany: RequestHandler = (req, res, next) => {
  if (req.params['companyId'] === callerOf(res).companyId) next();
  else throw new Refused(404, { code: 'companyNotFound', message: 'there is no such company' });
};

/** Refuses callers who lack a scope with 403. */
export function allow(scope: Scope): RequestHandler {
  return (_req, res, next) => {
    requirePermission(res, scope);
    next();
  };
}

/** The same, where only the handler knows what is needed. */
export function requirePermission(res: Response, scope: Scope): void {
  const { role, scopes } = callerOf(res);
  if (scopes.includes(scope)) return;
  throw new Refused(403, {
    code: 'forbidden',
    message: `this needs the scope ${scope}, which this API key or token of the role ${role} does not have`,
    headers: { 'WWW-Authenticate': `${REALM}, error="insufficient_scope", scope="${scope}"` },
  });
}

/** Who calls. */
export function callerOf(res: Response): Caller {
  return res.locals['caller'] as Caller;
}

/**
 * The one credential of a request. Two different ones are refused: which of them a proxy on the way has added nobody can
 * know. An `Authorization` of another scheme is for somebody else, and left alone.
 */
function credentialIn(req: Request): Credential {
  const key = req.get('x-api-key');
  const bearer = /^Bearer +(\S+) *$/i.exec(req.get('authorization') ?? '')?.[1];
  const text = key ?? bearer;
  if (text === undefined)
    throw refused('an API key is needed, in the header X-API-KEY, or a bearer token in the header Authorization');
  if (bearer !== undefined && text !== bearer)
    throw refused('X-API-KEY and Authorization hold two different credentials: send one');
  return { text, kind: key === undefined && text.includes('.') ? 'token' : 'key' }; // no key holds a dot, each JWT two
}

function refused(message: string, challenge = '') {
  return new Refused(401, {
    code: 'unauthenticated',
    message,
    headers: { 'WWW-Authenticate': `${REALM}${challenge}` },
  });
}
