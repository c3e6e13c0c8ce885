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
    const path = operation.path.replaceAll(/\{(\w+)\}/g, ':$1');
    const readers = operation.method === 'get' ? [] : readSmsBody(operation.body?.limit);
    sms[operation.method](path, allow(operation.scope), ...readers, runSmsOperation(deps, operation));
  }
  sms.use(refuseUnknown);
  sms.use(smsErrorHandler(log, judge));
  return sms;
}

const refuseUnknown: RequestHandler = (req) => {
  throw new Refused(404, { code: 'operationNotFound', message: `there is no ${req.method} of this address` });
};
