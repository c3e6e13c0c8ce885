import { type ErrorRequestHandler, type NextFunction, type Request, type Response } from 'express';
import { codeOf, InvalidInput } from '@muster/core/errors';
import { type Log } from '@muster/core/log';
import { smsErrors, type SmsName } from '@muster/messaging/smsErrors';
import { explainError } from '../explainError.ts';
import { requestIdOf } from '../identifyRequest.ts';
import { codeOfFault } from './codeOfFault.ts';

/** Says what an error really means. */
export type Judge = (thrown: unknown) => Promise<unknown>;

/** What every refusal of the SMS API is answered with. */
interface SmsFault {
  errorCode: string;
  errorDescription: string;
}

/** The one place where errors become answers of the SMS API, in its own form (contract: sms-inbound). */
export function smsErrorHandler(log: Log, judge: Judge): ErrorRequestHandler {
  return async (thrown: unknown, req: Request, res: Response, _next: NextFunction) => {
    const error = await judge(thrown);
    const requestId = requestIdOf(res);
    const { status, headers, body } = explainError(error, requestId);
    if (status >= 500) {
      const fields = { requestId, method: req.method, status };
      if (status === 503) log.warn('request.failed', { ...fields, code: codeOf(error) ?? null });
      else log.error('request.failed', fields, error);
    }
    if (res.headersSent) {
      res.destroy(); // half an answer must not look like a whole one
      return;
    }
    const told = JSON.parse(body) as { status: number; code: string; message: string };
    res.set(headers).status(statusOf(status)).json(faultOf(error, told));
  };
}

/** A state that forbids it is 400 here, as is all else that the caller can mend. */
function statusOf(status: number) {
  return [409, 415, 422].includes(status) ? 400 : status;
}

function faultOf(error: unknown, { message, ...told }: { status: number; code: string; message: string }): SmsFault {
  const errorCode = error instanceof InvalidInput ? codeOfFault(error.faults[0]) : smsErrors[nameOf(told)].code;
  return { errorCode, errorDescription: message };
}

/** What the parts that both APIs share call their refusals. */
const SHARED: Record<string, SmsName> = { tooLarge: 'bodyTooLarge', unsupportedMediaType: 'wrongMediaType' };

function nameOf({ status, code }: { status: number; code: string }): SmsName {
  const name = SHARED[code] ?? code;
  if (name in smsErrors) return name as SmsName;
  if (status === 503) return 'unavailable';
  return status >= 500 ? 'internalError' : 'invalidField';
}
