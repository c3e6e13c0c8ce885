import { Router } from 'express';
import { isPresentKey } from '@muster/db/proveSecretKey';
import { type ApiDeps } from './deps.ts';
import { requestIdOf } from './identifyRequest.ts';

const ANSWER_WITHIN_MS = 2_000;

/** `/livez`: the process answers. `/readyz`: it can do its work, too; the queue is told but not needed to accept runs. */
export function healthRoutes({ db, box, isQueueReachable, onKeyReplaced }: ApiDeps): Router {
  const database = oneAtATime(() => isPresentKey(db, box));
  const queue = isQueueReachable && oneAtATime(isQueueReachable);
  const router = Router();
  router.get('/livez', (_req, res) => {
    res.json({ status: 200, message: 'alive' });
  });
  router.get('/readyz', async (_req, res) => {
    const [hasOurKey, hasQueue] = await Promise.all([database(), queue?.()]);
    if (hasOurKey === false) onKeyReplaced?.();
    const status = hasOurKey ? 200 : 503;
    if (!hasOurKey) res.set('Retry-After', '5');
    res.status(status).json({
      status,
      message: messageOf(hasOurKey),
      database: word(hasOurKey !== undefined),
      ...(isQueueReachable && { queue: word(hasQueue === true) }),
      requestId: requestIdOf(res),
    });
  });
  return router;
}

function messageOf(hasOurKey: boolean | undefined) {
  if (hasOurKey === undefined) return 'the database is out of reach';
  return hasOurKey ? 'ready' : 'the secret key was replaced, and this process still has the old one';
}

function word(isThere: boolean) {
  return isThere ? 'reachable' : 'unreachable';
}

/** Whoever asks meanwhile gets the same answer: this is open to all, and must cost no connection for each of them. */
function oneAtATime(ask: () => Promise<boolean>): () => Promise<boolean | undefined> {
  let asking: Promise<boolean | undefined> | undefined;
  return () => (asking ??= answers(ask).finally(() => (asking = undefined)));
}

/** Undefined where there is no answer in time. */
async function answers(ask: () => Promise<boolean>): Promise<boolean | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ANSWER_WITHIN_MS);
  });
  const answer = ask().catch(() => undefined);
  return Promise.race([answer, tooLate]).finally(() => clearTimeout(timer));
}
