import { Router } from 'express';
import { type ApiDeps } from './deps.ts';
import { requestIdOf } from './identifyRequest.ts';

const ANSWER_WITHIN_MS = 2_000;

/** `/livez`: the process answers. `/readyz`: it can do its work, too; the queue is told but not needed to accept runs. */
export function healthRoutes({ db, isQueueReachable }: ApiDeps): Router {
  const database = oneAtATime(() => db.query('select 1'));
  const queue =
    isQueueReachable && oneAtATime(async () => (await isQueueReachable()) || Promise.reject(new Error('no')));
  const router = Router();
  router.get('/livez', (_req, res) => {
    res.json({ status: 200, message: 'alive' });
  });
  router.get('/readyz', async (_req, res) => {
    const [hasDatabase, hasQueue] = await Promise.all([database(), queue?.()]);
    const status = hasDatabase ? 200 : 503;
    if (!hasDatabase) res.set('Retry-After', '5');
    res.status(status).json({
      status,
      message: hasDatabase ? 'ready' : 'the database is out of reach',
      database: word(hasDatabase),
      ...(hasQueue !== undefined && { queue: word(hasQueue) }),
      requestId: requestIdOf(res),
    });
  });
  return router;
}

function word(isThere: boolean) {
  return isThere ? 'reachable' : 'unreachable';
}

/** Whoever asks meanwhile gets the same answer: this is open to all, and must cost no connection for each of them. */
function oneAtATime(ask: () => Promise<unknown>): () => Promise<boolean> {
  let asking: Promise<boolean> | undefined;
  return () => (asking ??= answers(ask).finally(() => (asking = undefined)));
}

async function answers(ask: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ANSWER_WITHIN_MS);
  });
  const answer = ask().then(
    () => true,
    () => false,
  );
  return Promise.race([answer, tooLate]).finally(() => clearTimeout(timer));
}
