import { type Request, type RequestHandler, type Response } from 'express';
import { isAllowed, type Permission } from '@muster/core/roles';
import { type Caller } from '@muster/db/apiKeys';
import { Refused } from './refused.ts';

interface Keyring {
  find(key: string): Promise<Caller | undefined>;
}

/** Finds out who calls, by `X-API-KEY` or a bearer token, or refuses with 401. */
export function authenticate(keyring: Keyring): RequestHandler {
  return async (req, res, next) => {
    const key = keyIn(req);
    const caller = key === undefined ? undefined : await keyring.find(key);
    if (!caller) {
      const message =
        key === undefined
          ? 'an API key is needed, in the header X-API-KEY'
          : 'this API key is unknown, revoked or past its time';
      throw new Refused(401, {
        code: 'unauthenticated',
        message,
        headers: { 'WWW-Authenticate': 'Bearer realm="api"' },
      });
    }
    res.locals['caller'] = caller;
    next();
  };
}

/** Whoever names a company in the path must be of that company: to all others it does not exist. */
export const requireOwnCompany: RequestHandler = (req, res, next) => {
  if (req.params['companyId'] === callerOf(res).companyId) next();
  else throw new Refused(404, { code: 'companyNotFound', message: 'there is no such company' });
};

/** Refuses callers whose role lacks a permission with 403. */
export function allow(permission: Permission): RequestHandler {
  return (_req, res, next) => {
    requirePermission(res, permission);
    next();
  };
}

/** The same, where only the handler knows what is needed. */
export function requirePermission(res: Response, permission: Permission): void {
  const { role } = callerOf(res);
  if (isAllowed(role, permission)) return;
  throw new Refused(403, {
    code: 'forbidden',
    message: `the role ${role} of this API key does not allow ${permission}`,
  });
}

/** Who calls. */
export function callerOf(res: Response): Caller {
  return res.locals['caller'] as Caller;
}

function keyIn(req: Request): string | undefined {
  return req.get('x-api-key') ?? /^Bearer +(\S+)$/i.exec(req.get('authorization') ?? '')?.[1];
}
