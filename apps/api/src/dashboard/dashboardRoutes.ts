import { AsyncLocalStorage } from 'node:async_hooks';
import { type RequestHandler, Router } from 'express';
import helmet from 'helmet';
import { TemporaryFailure } from '@muster/core/errors';
import { type Log } from '@muster/core/log';
import { openKeyring } from '@muster/db/keyring';
import { type OpenDatabase } from '@muster/db/openDatabase';
import { findOwnRuns } from '@muster/db/ownRuns';
import { type Queues } from '@muster/queue/queues';
import { callerOf } from '../authenticate.ts';
import { type FailureLimit } from '../limitFailures.ts';
import { Refused } from '../refused.ts';
import { noteChange } from './noteChange.ts';
import { refuseForeign } from './refuseForeign.ts';
import { requireDashboardKey } from './requireDashboardKey.ts';
import { stepBoard } from './stepBoard.ts';

export interface DashboardDeps {
  db: OpenDatabase;
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
 * The dashboard of jobs at `/queues`, for admins. It shows the queues of the steps, which all companies share, and in them
 * the jobs of the admin's own company. While the store is away it answers 503.
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
function showBoard({ db, openedQueues }: DashboardDeps, readOnly: boolean): RequestHandler {
  let board: RequestHandler | undefined;
  const viewers = new AsyncLocalStorage<string>(); // bull-board does not hand its adapters the request
  const ofViewer = async (runIds: string[]) => {
    const companyId = viewers.getStore();
    return companyId === undefined ? new Set<string>() : findOwnRuns(db.forCompany(companyId), runIds);
  };
  return async (req, res, next) => {
    const queues = openedQueues();
    if (!queues) throw new TemporaryFailure('queueUnavailable', "the queue's store has not answered yet");
    board ??= stepBoard(queues, { basePath: PATH, readOnly, findOwnRuns: ofViewer });
    if (!req.path.startsWith('/static/')) await queues.ping(); // else each panel would fail in words of its own
    await viewers.run(callerOf(res).companyId, board, req, res, next);
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
