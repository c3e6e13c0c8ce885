import { type RequestHandler } from 'express';
import { type Log } from '@muster/core/log';
import { callerOf } from '../authenticate.ts';
import { requestIdOf } from '../identifyRequest.ts';
import { routeOf } from '../routeOf.ts';

/** Logs who changed something on the dashboard: the kind of change, never what was typed. */
export function noteChange(log: Log): RequestHandler {
  return (req, res, next) => {
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      // not `finish`: who asks for a change and hangs up has changed something, too
      res.on('close', () => {
        const { keyId } = callerOf(res);
        const fields = { requestId: requestIdOf(res), keyId, status: res.statusCode };
        log.info('dashboard.changed', { ...fields, method: req.method, route: routeOf(req) });
      });
    }
    next();
  };
}
