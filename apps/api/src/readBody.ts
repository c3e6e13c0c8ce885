import { isUtf8 } from 'node:buffer';
import express, { type RequestHandler } from 'express';
import { refuseDepth } from './refuseDepth.ts';
import { Refused } from './refused.ts';
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
  const verify = (_req: unknown, _res: unknown, body: Buffer) => {
    requireUtf8(body);
    refuseDepth(body);
  };
  return [refuseOthers, express.json({ limit, type: ['application/json', '+json'], verify })];
}

/** Node would put U+FFFD in place of what is no UTF-8, and that would be stored. */
function requireUtf8(body: Buffer) {
  if (isUtf8(body)) return;
  throw new Refused(400, { code: 'malformedJson', message: 'the body is not UTF-8' });
}
