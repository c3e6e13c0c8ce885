import express, { type RequestHandler } from 'express';
import { Refused } from './refused.ts';

/** The most that bodies may hold, unless a route says otherwise. */
export const BODY_LIMIT = '100kb';

/** Reads a JSON body of up to `limit`. No body at all is an empty object; another kind of body is refused with 415. */
export function readBody(limit: string = BODY_LIMIT): RequestHandler[] {
  const refuseOthers: RequestHandler = (req, _res, next) => {
    const hasBody = req.get('transfer-encoding') !== undefined || Number(req.get('content-length') ?? 0) > 0;
    if (!hasBody) req.body = {};
    else if (req.is(['application/json', '+json']) === false) {
      throw new Refused(415, {
        code: 'unsupportedMediaType',
        message: 'the body must be JSON: Content-Type: application/json',
      });
    }
    next();
  };
  return [refuseOthers, express.json({ limit, type: ['application/json', '+json'] })];
}
