import { type ErrorRequestHandler, type NextFunction, type Request, type Response } from 'express';
import { codeOf } from '@muster/core/errors';
import { type Log } from '@muster/core/log';
import { explainError } from './explainError.ts';
import { requestIdOf } from './identifyRequest.ts';
import { sendReply } from './reply.ts';

type Judge = (thrown: unknown) => Promise<unknown>;

/** The one place where errors become answers. Ours are logged as well. `judge` says what an error really means. */
export function errorHandler(log: Log, judge: Judge = async (thrown) => thrown): ErrorRequestHandler {
  return async (thrown: unknown, req: Request, res: Response, _next: NextFunction) => {
    const error = await judge(thrown);
    const requestId = requestIdOf(res);
    const reply = explainError(error, requestId);
    if (reply.status >= 500) {
      const fields = { requestId, method: req.method, status: reply.status };
      if (reply.status === 503) log.warn('request.failed', { ...fields, code: codeOf(error) ?? null });
      else log.error('request.failed', fields, error);
    }
    if (res.headersSent) {
      res.destroy(); // half an answer must not look like a whole one
      return;
    }
    res.removeHeader('Content-Disposition');
    res.removeHeader('ETag');
    sendReply(res, reply);
  };
}
