import { type RequestHandler } from 'express';
import { findShortLink } from '@muster/db/sms/shortLinks';
import { type ApiDeps } from './deps.ts';
import { Refused } from './refused.ts';

const MOVED_FOR_NOW = 302;

/**
 * Leads from a short address, `/s/4fT9xQ`, to the long one, without a key. What leads nowhere is refused in the same words,
 * whatever is wrong with it, and counted: codes are short, and must not be tried out.
 */
export function shortLinkRoutes({ db, limits }: Pick<ApiDeps, 'db' | 'limits'>): RequestHandler {
  return async (req, res, next) => {
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      next();
      return;
    }
    const code = req.path.slice(1); // as it came: what cannot be decoded is as wrong as any
    const find = () => findShortLink(db, code);
    const url = await (limits ? limits.shortLinks.look(req, code, find) : find());
    if (url === undefined) {
      throw new Refused(404, { code: 'shortLinkNotFound', message: 'this address leads nowhere, or no longer' });
    }
    // not redirect(), which would write the address anew; where it leads is nobody's to keep, nor where one comes from
    res.status(MOVED_FOR_NOW).set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' });
    res.setHeader('Location', url);
    res.end();
  };
}
