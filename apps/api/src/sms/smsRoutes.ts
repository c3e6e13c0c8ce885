import { type RequestHandler, Router } from 'express';
import { type Keyring } from '@muster/db/keyring';
import { allow } from '../authenticate.ts';
import { type ApiDeps } from '../deps.ts';
import { descriptionRoutes } from '../description/descriptionRoutes.ts';
import { Refused } from '../refused.ts';
import { authenticateRaw } from './authenticateRaw.ts';
import { readSmsBody } from './readSmsBody.ts';
import { runSmsOperation } from './runSmsOperation.ts';
import { smsDocument } from './smsDocument.ts';
import { type Judge, smsErrorHandler } from './smsErrorHandler.ts';
import { type SmsOperation } from './smsOperation.ts';
import { smsOperations } from './smsOperations.ts';

/** The SMS API, which stands in for another one: with its own key header, checksums and errors (contract: sms-inbound). */
export function smsRoutes(deps: ApiDeps, keyring: Keyring, judge: Judge): Router {
  const { limits, log } = deps;
  const operations = smsOperations(deps);
  const sms = Router();
  sms.use(descriptionRoutes(smsDocument(operations)));
  sms.use(authenticateRaw(keyring, limits?.failures));
  if (limits) sms.use(...limits.requests, limits.inFlight);
  for (const operation of operations) {
    const readers = operation.method === 'get' ? [] : readSmsBody(operation.body?.limit);
    sms[operation.method](
      routeOf(operation.path),
      allow(operation.scope),
      ...readers,
      runSmsOperation(deps, operation),
    );
  }
  for (const path of new Set(operations.map((operation) => operation.path)))
    sms.all(routeOf(path), refuseMethod(operations.filter((operation) => operation.path === path)));
  sms.use(refuseUnknown);
  sms.use(smsErrorHandler(log, judge));
  return sms;
}

function routeOf(path: string) {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

/** Of an address that knows other methods only. */
function refuseMethod(operations: SmsOperation[]): RequestHandler {
  const methods = operations.map(({ method }) => (method === 'get' ? 'GET, HEAD' : 'POST')).join(', ');
  return (req) => {
    const message = `there is no ${req.method} of this address: it knows ${methods}`;
    throw new Refused(405, { code: 'methodNotAllowed', message, headers: { Allow: methods } });
  };
}

const refuseUnknown: RequestHandler = (req) => {
  throw new Refused(404, { code: 'operationNotFound', message: `there is no ${req.method} of this address` });
};
