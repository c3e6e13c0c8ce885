import { type RequestHandler, type Response } from 'express';
import { type Keyring } from '@muster/db/keyring';
import { type Organisation } from '@muster/db/sms/organisation';
import { callerOf } from '../authenticate.ts';
import { type FailureLimit } from '../limitFailures.ts';
import { Refused } from '../refused.ts';

/**
 * Finds out who calls, by an API key that is all of the header `Authorization`, or refuses with 401, in the same words
 * whatever is wrong with it (contract: sms-inbound).
 */
export function authenticateRaw(keyring: Pick<Keyring, 'find'>, failures?: FailureLimit): RequestHandler {
  return async (req, res, next) => {
    const key = req.get('authorization')?.trim() ?? '';
    if (key === '') throw refused('an API key is needed: it is the whole of the header Authorization');
    const find = () => keyring.find(key);
    const caller = await (failures ? failures.look(req, key, find) : find());
    if (!caller) throw refused('this API key is unknown, revoked or past its time');
    res.locals['caller'] = caller;
    next();
  };
}

/** The organisation that the key belongs to. */
export function organisationIn(res: Response): Organisation {
  const { organisation } = callerOf(res);
  if (!organisation) throw new Error('whoever calls has shown no key');
  return organisation;
}

function refused(message: string) {
  return new Refused(401, { code: 'unauthenticated', message });
}
