import { type RequestHandler, Router } from 'express';
import helmet from 'helmet';
import { TemporaryFailure } from '@muster/core/errors';
import { type Log } from '@muster/core/log';
import { type Database } from '@muster/core/database';
import { openKeyring } from '@muster/db/keyring';
import { type Queues } from '@muster/queue/queues';
import { type FailureLimit } from '../limitFailures.ts';
import { Refused } from '../refused.ts';
import { noteChange } from './noteChange.ts';
import { refuseForeign } from './refuseForeign.ts';
import { requireDashboardKey } from './requireDashboardKey.ts';
import { stepBoard } from './stepBoard.ts';

export interface DashboardDeps {
  db: Database;
  log: Log;
  /** The queues, once they are open. */
  openedQueues(): Queues | undefined;
  /** `read` refuses every change. */
  jobDashboard: 'off' | 'read' | 'write';
  failures?: FailureLimit;
  /** For how long a right key is not looked up again, and a revoked one still works. */
  rememberKeysMs?: number;
}

const PATH = '/queues';
const REMEMBER_KEYS_MS = 2_000;

/**
 * The dashboard of jobs at `/queues`, for admins. It shows the queues of the steps, of all companies: jobs hold ids only.
 * While the store is away it answers 503.
 */
export function dashboardRoutes(deps: DashboardDeps): Router {
  const router = Router();
  if (deps.jobDashboard === 'off') return router;
  const readOnly = deps.jobDashboard === 'read';
  const { find } = openKeyring(deps.db, { rememberMs: deps.rememberKeysMs ?? REMEMBER_KEYS_MS });
  router.use(
    PATH,
    requireDashboardKey({ find, failures: deps.failures }),
    readOnly ? refuseChanges : refuseForeign,
    contentPolicy,
    noteChange(deps.log),
    showBoard(deps, readOnly),
  );
  return router;
}

/** Built once the queues are open: none of BullMQ's may be built before its store answers. */
function showBoard({ openedQueues }: DashboardDeps, readOnly: boolean): RequestHandler {
  let board: RequestHandler | undefined;
  return async (req, res, next) => {
    const queues = openedQueues();
    if (!queues) throw new TemporaryFailure('queueUnavailable', "the queue's store has not answered yet");
    board ??= stepBoard(queues, { basePath: PATH, readOnly });
    if (!req.path.startsWith('/static/')) await queues.ping(); // else each panel would fail in words of its own
    await board(req, res, next);
  };
}

const refuseChanges: RequestHandler = (req, _res, next) => {
  if (req.method === 'GET' || req.method === 'HEAD') next();
  else {
    const message = 'the dashboard may only be looked at: JOB_DASHBOARD=write lets admins change something, too';
    throw new Refused(405, { code: 'readOnly', message, headers: { Allow: 'GET, HEAD' } });
  }
};

/** Everything comes from here, and nothing else is asked. Styles stand in the page; over plain http nothing is made https. */
const contentPolicy: RequestHandler = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    workerSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'"],
    connectSrc: ["'self'"],
    baseUri: ["'self'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
});
