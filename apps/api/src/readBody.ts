import { isUtf8 } from 'node:buffer';
import express, { type RequestHandler } from 'express';
import { InvalidInput } from '@muster/core/errors';
import { refuseDepth } from './refuseDepth.ts';
import { Refused } from './refused.ts';
import { hasBody, requireJson } from './requireMediaType.ts';

/** The most that bodies may hold, unless a route says otherwise. */
export const BODY_LIMIT = '100kb';

/** What may be sent as a body. */
interface Wanted {
  /** `100kb` where absent. */
  limit?: string;
  /** What must be sent: `object`. Absent: no body at all is an empty object. */
  required?: 'object' | 'list';
}

/** Reads a JSON body. One that is missing throws InvalidInput; another kind of body is refused with 415. */
export function readBody({ limit = BODY_LIMIT, required }: Wanted = {}): RequestHandler[] {
  const refuseOthers: RequestHandler = (req, _res, next) => {
    if (hasBody(req)) requireJson(req);
    else if (required) throw missing(required);
    else req.body = {};
    next();
  };
  const verify = (_req: unknown, _res: unknown, body: Buffer) => {
    if (required && body.length === 0) throw missing(required); // in chunks, of which there was none
    requireUtf8(body);
    refuseDepth(body);
  };
  return [refuseOthers, express.json({ limit, type: ['application/json', '+json'], verify })];
}

function missing(what: string) {
  return new InvalidInput([{ field: '', code: 'required', message: `the body is missing: send a JSON ${what}` }]);
}

/** Node would put U+FFFD in place of what is no UTF-8, and that would be stored. */
function requireUtf8(body: Buffer) {
  if (isUtf8(body)) return;
  throw new Refused(400, { code: 'malformedJson', message: 'the body is not UTF-8' });
}
