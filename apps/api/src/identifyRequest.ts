import { randomUUID } from 'node:crypto';
import { type RequestHandler, type Response } from 'express';

const FORM = /^[\w.:/+=-]{1,100}$/;

/** Takes the caller's `X-Request-Id`, or makes one, and echoes it: every log line of the request bears it. */
export const identifyRequest: RequestHandler = (req, res, next) => {
  const given = req.get('x-request-id');
  const requestId = given !== undefined && FORM.test(given) ? given : randomUUID();
  res.locals['requestId'] = requestId;
  res.set('X-Request-Id', requestId);
  next();
};

/** The id of the request that this answers. */
export function requestIdOf(res: Response): string {
  return String(res.locals['requestId']);
}
