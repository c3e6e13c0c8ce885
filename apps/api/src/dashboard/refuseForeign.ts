import { type Request, type RequestHandler } from 'express';
import { Refused } from '../refused.ts';

/**
 * Refuses a change that another site has made the browser ask for: it would send the password along by itself. Who changes
 * something must show that the dashboard's own page asks (`Sec-Fetch-Site`, or `Origin` where a browser is too old for it).
 */
export const refuseForeign: RequestHandler = (req, _res, next) => {
  if (req.method === 'GET' || req.method === 'HEAD' || isOwn(req)) next();
  else
    throw new Refused(403, {
      code: 'foreignOrigin',
      message: 'only the page of the dashboard itself may ask for this',
    });
};

function isOwn(req: Request): boolean {
  const site = req.get('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  const origin = req.get('origin') ?? '';
  return URL.canParse(origin) && new URL(origin).host === req.get('host');
}
