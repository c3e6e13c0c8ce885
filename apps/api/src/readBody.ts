import express, { type RequestHandler } from 'express';
import { refuseDepth } from './refuseDepth.ts';
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
    // JSON is UTF-8 (RFC 8259); the bytes are looked at before they are decoded
    else if (/charset\s*=(?!\s*"?utf-8\b)/i.test(req.get('content-type') ?? '')) {
      throw new Refused(415, { code: 'unsupportedMediaType', message: 'the charset must be UTF-8' });
    }
    next();
  };
  const verify = (_req: unknown, _res: unknown, body: Buffer) => refuseDepth(body);
  return [refuseOthers, express.json({ limit, type: ['application/json', '+json'], verify })];
}
