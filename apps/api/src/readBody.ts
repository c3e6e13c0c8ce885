import express, { type RequestHandler } from 'express';
import { refuseDepth } from './refuseDepth.ts';
import { hasBody, requireJson } from './requireMediaType.ts';

/** The most that bodies may hold, unless a route says otherwise. */
export const BODY_LIMIT = '100kb';

/** Reads a JSON body of up to `limit`. No body at all is an empty object; another kind of body is refused with 415. */
export function readBody(limit: string = BODY_LIMIT): RequestHandler[] {
  const refuseOthers: RequestHandler = (req, _res, next) => {
    if (hasBody(req)) requireJson(req);
    else req.body = {};
    next();
  };
  const verify = (_req: unknown, _res: unknown, body: Buffer) => refuseDepth(body);
  return [refuseOthers, express.json({ limit, type: ['application/json', '+json'], verify })];
}
