import { type RequestHandler, Router } from 'express';
import { valid } from '@muster/core/valid';
import { campaigns } from '@muster/db/campaigns';
import { getObject } from '@muster/db/companyObjects';
import { getRunView, listRunViews } from '@muster/db/runViews';
import { allow, callerOf } from '../authenticate.ts';
import { type ApiDeps } from '../deps.ts';
import { pageRequestOf, sendPage } from '../envelopes.ts';
import { requestIdOf } from '../identifyRequest.ts';
import { readBody } from '../readBody.ts';
import { RunsQuery, StartRun } from './dto.ts';
import { startRun } from './startRun.ts';
import { runView } from './views.ts';

const ROWS_LIMIT = '10mb'; // what 100,000 rows of some columns take

/** Runs of a campaign: started, listed, looked at. */
export function runRoutes(deps: ApiDeps): Router {
  const router = Router();
  router.post('/campaigns/:campaignId/runs', allow('runs:start'), readBody(ROWS_LIMIT), startOne(deps));
  router.get('/campaigns/:campaignId/runs', allow('runs:read'), listAll(deps));
  router.get('/campaigns/:campaignId/runs/:runId', allow('runs:read'), getOne(deps));
  return router;
}

function startOne(deps: ApiDeps): RequestHandler<{ campaignId: string }> {
  return async (req, res) => {
    const { queryResultsOverride: rows } = await valid(StartRun, req.body);
    const { companyId } = callerOf(res);
    const requestId = requestIdOf(res);
    const run = await startRun(deps.db, { companyId, campaign: req.params.campaignId, requestId, rows });
    res.json(runView(run));
    tellAccepted(deps, companyId);
  };
}

/** The run is committed: whatever becomes of the ring, the healer finds it. */
function tellAccepted({ onRunAccepted, log }: ApiDeps, companyId: string) {
  Promise.resolve(companyId)
    .then(onRunAccepted)
    .catch(() => log.warn('run.ringFailed', { companyId }));
}

function listAll({ db }: ApiDeps): RequestHandler<{ campaignId: string }> {
  return async (req, res) => {
    const { status, ...query } = await valid(RunsQuery, req.query);
    const { companyId } = callerOf(res);
    const reference = req.params.campaignId;
    const { id: campaignId } = await getObject(db, campaigns, { companyId, reference, includeDeleted: true });
    sendPage(res, await listRunViews(db, { companyId, campaignId, status }, pageRequestOf(query)), runView);
  };
}

function getOne({ db }: ApiDeps): RequestHandler<{ campaignId: string; runId: string }> {
  return async (req, res) => {
    const { campaignId: campaign, runId } = req.params;
    res.json(runView(await getRunView(db, { companyId: callerOf(res).companyId, campaign, runId })));
  };
}
