import { type Request, type RequestHandler } from 'express';
import { type Caller } from '@muster/db/apiKeys';
import { type FailureLimit } from '../limitFailures.ts';
import { Refused } from '../refused.ts';

export interface DashboardDoor {
  find(key: string): Promise<Caller | undefined>;
  /** Slows down whoever tries keys out. */
  failures?: FailureLimit | undefined;
}

const CHALLENGE = {
  'WWW-Authenticate': 'Basic realm="Muster: an API key of an admin as the password", charset="UTF-8"',
};

/**
 * Lets in whoever shows an API key with the scope `dashboard:read`, which admins have: as the password of HTTP Basic under
 * any user name, in `X-API-KEY`, or as a bearer. Refuses with 401, and 403 for a key without that scope.
 */
export function requireDashboardKey({ find, failures }: DashboardDoor): RequestHandler {
  return async (req, res, next) => {
    const key = keyIn(req);
    if (key === undefined) throw unauthenticated('an API key of an admin is needed, as the password');
    const caller = await (failures ? failures.look(req, key, () => find(key)) : find(key));
    if (!caller) throw unauthenticated('this API key is unknown, revoked or past its time');
    if (!caller.scopes.includes('dashboard:read')) throw forbidden();
    res.locals['caller'] = caller;
    next();
  };
}

function keyIn(req: Request): string | undefined {
  const authorization = req.get('authorization') ?? '';
  const bearer = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
  return req.get('x-api-key') ?? bearer ?? passwordIn(authorization);
}

/** Of HTTP Basic: all that stands behind the first colon. */
function passwordIn(authorization: string): string | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/=]+) *$/i.exec(authorization)?.[1];
  return encoded === undefined ? undefined : /^[^:]*:(.+)$/s.exec(Buffer.from(encoded, 'base64').toString())?.[1];
}

function unauthenticated(message: string) {
  return new Refused(401, { code: 'unauthenticated', message, headers: CHALLENGE });
}

function forbidden() {
  return new Refused(403, { code: 'forbidden', message: 'this needs the scope dashboard:read, which admins have' });
}
