import { campaigns } from '@muster/db/campaigns';
import { getObject } from '@muster/db/companyObjects';
import { getRunView, listRunViews } from '@muster/db/runViews';
import { pageOf } from '../answer.ts';
import { type ApiDeps } from '../deps.ts';
import { operation, type Operation } from '../operation.ts';
import { pageRequestOf } from '../queries.ts';
import { RunsQuery, StartRun } from './dto.ts';
import { startRun } from './startRun.ts';
import { RunAnswer, runView } from './views.ts';

const tag = 'Runs';
const COLLECTION = '/campaigns/{campaignId}/runs';
const ONE = '/campaigns/{campaignId}/runs/{runId}';
const ROWS_LIMIT = '10mb'; // what 100,000 rows of some columns take

/** Runs of a campaign: started, listed, looked at. */
export function runOperations(deps: ApiDeps): Operation[] {
  return [startOne(deps), listAll, getOne];
}

const startOne = ({ log, onRunAccepted }: ApiDeps) =>
  operation({
    ...{ name: 'startRun', summary: 'Start a run', tag, methods: ['post'], path: COLLECTION },
    description: 'Answers at once; the workers do the work. Rows that are handed in replace those of the query.',
    scope: 'runs:start',
    body: { json: StartRun, limit: ROWS_LIMIT, optional: true },
    answer: { bare: RunAnswer },
    refusals: [404, 409],
    writes: true,
    keepsAnswer: true,
    handle: async ({ company, params, body, requestId, afterwards }) => {
      const rows = body.queryResultsOverride;
      const run = await startRun(company, { campaign: params.campaignId, requestId, rows });
      afterwards(() => {
        log.info('run.queued', { runId: run.id, campaignId: run.campaignId, requestId });
        return onRunAccepted(company.companyId); // it is committed: if the ring fails, the healer finds it
      });
      return runView(run);
    },
  });

const listAll = operation({
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
    return pageOf(await listRunViews(company, { campaignId, status: query.status }, pageRequestOf(query)), runView);
  },
});

const getOne = operation({
  ...{ name: 'getRun', summary: 'Get a run', tag, methods: ['get'], path: ONE },
  scope: 'runs:read',
  answer: { bare: RunAnswer },
  refusals: [404],
  handle: async ({ company, params }) =>
    runView(await getRunView(company, { campaign: params.campaignId, runId: params.runId })),
});
