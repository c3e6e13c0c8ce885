import { campaigns } from '@muster/db/campaigns';
import { getObject } from '@muster/db/companyObjects';
import { lockRunView } from '@muster/db/lockRunView';
import { getRunView, listRunViews } from '@muster/db/runViews';
import { pageOf } from '../answer.ts';
import { type ApiDeps } from '../deps.ts';
import { operation, type Operation } from '../operation.ts';
import { pageRequestOf } from '../queries.ts';
import { RunsQuery, StartRun, UpdateRun } from './dto.ts';
import { readStartRun } from './readStartRun.ts';
import { startRun } from './startRun.ts';
import { requireOutsideRun, updateRun } from './updateRun.ts';
import { RunAnswer, runView } from './views.ts';

const tag = 'Runs';
const COLLECTION = '/campaigns/{campaignId}/runs';
const ONE = '/campaigns/{campaignId}/runs/{runId}';

/** Runs of a campaign: started, listed, looked at, and reported on from outside. */
export function runOperations(deps: ApiDeps): Operation[] {
  return [startOne(deps), listAll(deps), getOne(deps), updateOne];
}

const startOne = ({ log, onRunAccepted }: ApiDeps) =>
  operation({
    ...{ name: 'startRun', summary: 'Start a run', tag, methods: ['post'], path: COLLECTION },
    description:
      'Answers at once; the workers do the work. Rows that are handed in replace those of the query: at most 100,000 in 64 MiB. ' +
      'With `worker: external` an outside worker does the work.',
    scope: 'runs:start',
    body: { json: StartRun, streamed: true, optional: true },
    answer: { bare: RunAnswer },
    refusals: [404, 409, 413],
    startsRun: true,
    keepsAnswer: true,
    handle: async ({ company, params, requestId, once, afterwards, req }) => {
      const { rows, worker, fingerprint } = await readStartRun(req);
      try {
        return await once(fingerprint, async (tx) => {
          const wanted = { campaign: params.campaignId, requestId, rows: rows?.parts(), worker };
          const run = await startRun(tx, wanted);
          afterwards(() => {
            log.info('run.queued', { runId: run.id, campaignId: run.campaignId, requestId });
            return onRunAccepted(company.companyId); // it is committed: if the ring fails, the healer finds it
          });
          return runView(run);
        });
      } finally {
        await rows?.discard();
      }
    },
  });

const updateOne = operation({
  ...{ name: 'updateRun', summary: 'Update run data', tag, methods: ['put', 'patch'], path: ONE },
  description:
    'For runs of outside workers: how a run stands, and its files. Without an update for 24 hours, or what the operator has set, it fails.',
  scope: 'runs:write',
  body: { json: UpdateRun },
  answer: { bare: RunAnswer },
  refusals: [404, 409],
  writes: true,
  takesIfMatch: true,
  handle: async ({ company, params, body, requireMatch }) => {
    const wanted = { campaign: params.campaignId, runId: params.runId };
    const run = await lockRunView(company, wanted);
    requireOutsideRun(run);
    requireMatch(runView(run));
    await updateRun(company, run, body);
    return runView(await getRunView(company, wanted));
  },
});

const listAll = (deps: ApiDeps) =>
  operation({
    ...{ name: 'listRuns', summary: 'List the runs of a campaign', tag, methods: ['get'], path: COLLECTION },
    scope: 'runs:read',
    query: RunsQuery,
    answer: { page: RunAnswer },
    refusals: [404],
    handle: async ({ company, params, query }) => {
      const { id: campaignId } = await getObject(company, campaigns, {
        reference: params.campaignId,
        includeDeleted: true,
      });
      return pageOf(await listRunViews(company, { campaignId, status: query.status }, pageRequestOf(query)), (run) =>
        runView(run, deps),
      );
    },
  });

const getOne = (deps: ApiDeps) =>
  operation({
    ...{ name: 'getRun', summary: 'Get a run', tag, methods: ['get'], path: ONE },
    scope: 'runs:read',
    answer: { bare: RunAnswer },
    refusals: [404],
    handle: async ({ company, params }) =>
      runView(await getRunView(company, { campaign: params.campaignId, runId: params.runId }), deps),
  });
