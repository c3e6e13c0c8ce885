import { Router } from 'express';
import { type ApiDeps } from './deps.ts';
import { requestIdOf } from './identifyRequest.ts';

const ANSWER_WITHIN_MS = 2_000;

/** `/livez`: the process answers. `/readyz`: it can do its work, too; the queue is told but not needed to accept runs. */
export function healthRoutes({ db, isQueueReachable }: ApiDeps): Router {
  const router = Router();
  router.get('/livez', (_req, res) => {
    res.json({ status: 200, message: 'alive' });
  });
  router.get('/readyz', async (_req, res) => {
    const [database, queue] = await Promise.all([
      answers(() => db.query('select 1')),
      isQueueReachable ? answers(async () => (await isQueueReachable()) || Promise.reject(new Error('no'))) : undefined,
    ]);
    const status = database ? 200 : 503;
    if (!database) res.set('Retry-After', '5');
    res.status(status).json({
      status,
      message: database ? 'ready' : 'the database is out of reach',
      database: word(database),
      ...(queue !== undefined && { queue: word(queue) }),
      requestId: requestIdOf(res),
    });
  });
  return router;
}

function word(isThere: boolean) {
  return isThere ? 'reachable' : 'unreachable';
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
