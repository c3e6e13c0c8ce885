import { createHash } from 'node:crypto';
import { type Request } from 'express';
import { InvalidInput } from '@muster/core/errors';
import { keepAnswer, takeKey } from '@muster/db/keptAnswers';
import { type CompanyDatabase } from '@muster/db/openDatabase';
import { Refused } from './refused.ts';
import { type Reply } from './reply.ts';

const FORM = /^[\x21-\x7e]{1,255}$/;

/** The caller's `Idempotency-Key`; undefined where there is none. Throws InvalidInput for one that is none. */
export function idempotencyKeyIn(req: Request): string | undefined {
  const key = req.get('idempotency-key');
  if (key === undefined || FORM.test(key)) return key;
  const message = 'must be 1 to 255 visible ASCII characters: a new random one for each thing that is to be done once';
  throw new InvalidInput([{ field: 'Idempotency-Key', code: 'wrongForm', message }]);
}

/** What makes two requests with one key the same one. */
export function fingerprintOf({ method, originalUrl }: Request, body: string): string {
  const hash = createHash('sha256');
  for (const part of [method, originalUrl, body]) hash.update(part).update('\0');
  return hash.digest('base64url');
}

interface Once {
  key: string;
  fingerprint: string;
  /** What is done, and answered. */
  effect: (tx: CompanyDatabase) => Promise<Reply>;
  /** The answer to what the effect throws; undefined: nothing is kept of it. */
  refusal: (error: unknown) => Reply | undefined;
}

/**
 * Does something once per key, in the transaction `tx`: its answer is committed together with it. A refusal is kept as
 * well, without what was done before it; whatever is our own fault is not, and may be tried again with the same key.
 */
export async function answerOnce(tx: CompanyDatabase, { key, fingerprint, effect, refusal }: Once): Promise<Reply> {
  const kept = await takeKey(tx, { key, fingerprint });
  if (kept) {
    if (kept.fingerprint !== fingerprint) throw otherRequest();
    return { ...kept, headers: { ...kept.headers, 'Idempotency-Replayed': 'true' } };
  }
  await tx.execute('savepoint effect');
  const reply = await effect(tx).catch(async (error: unknown) => {
    const refused = refusal(error);
    if (!refused) throw error;
    await tx.execute('rollback to savepoint effect');
    return refused;
  });
  await keepAnswer(tx, key, reply);
  return reply;
}

function otherRequest() {
  return new Refused(422, {
    code: 'idempotencyKeyReused',
    message:
      'this Idempotency-Key was used with another request: take a new one for each thing that is to be done once',
  });
}
