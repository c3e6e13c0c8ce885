import { cancelRun } from '@muster/db/cancelRun';
import { resolveDelivery } from '@muster/db/resolveDelivery';
import { retryRun } from '@muster/db/retryRun';
import { type Attention, getRunView, listRunViews, type RunView } from '@muster/db/runViews';
import { queueOf } from '@muster/pipeline/tasks';
import { pageOf } from '../answer.ts';
import { type ApiDeps } from '../deps.ts';
import { noteAction } from '../noteAction.ts';
import { operation, type Operation } from '../operation.ts';
import { pageRequestOf } from '../queries.ts';
import { CompanyRunsQuery, ResolveDelivery } from './manageDto.ts';
import { sealEnd } from './sealEnd.ts';
import { RunAnswer, runView } from './views.ts';

const ONE = '/campaigns/{campaignId}/runs/{runId}';
const DAY_MS = 24 * 60 * 60_000;
const shared = {
  ...{ tag: 'Runs', methods: ['post' as const], scope: 'runs:manage' as const },
  ...{ answer: { bare: RunAnswer }, refusals: [404, 409], writes: true, keepsAnswer: true },
};

/** What a person does about runs: canceled, retried, a delivery in doubt resolved; and all of the company's in one list. */
export function manageOperations(deps: ApiDeps): Operation[] {
  return [listCompany(deps), cancelOne(deps), retryOne(deps), resolveOne(deps)];
}

const listCompany = (deps: ApiDeps) =>
  operation({
    ...{
      name: 'listCompanyRuns',
      summary: 'List the runs of all campaigns',
      tag: 'Runs',
      methods: ['get'],
      path: '/runs',
    },
    description:
      'Newest first. With `attention`, those that wait for a person: parked ones, and those of which nobody knows whether ' +
      'their file was delivered.',
    scope: 'runs:read',
    query: CompanyRunsQuery,
    answer: { page: RunAnswer },
    refusals: [404],
    handle: async ({ company, query }) => {
      const attention = query.attention?.split(',') as Attention[] | undefined;
      return pageOf(await listRunViews(company, { status: query.status, attention }, pageRequestOf(query)), (run) =>
        runView(run, deps),
      );
    },
  });

const cancelOne = (deps: ApiDeps) =>
  operation({
    ...shared,
    ...{ name: 'cancelRun', summary: 'Cancel a run', path: `${ONE}/cancel` },
    description:
      'Stops whatever has not yet gone out, wherever the run is. The worker that is at it notices within two seconds; a run ' +
      'that nobody is at ends at once. From the moment at which its file gets its final name on the server it is too late.',
    handle: async (call) => {
      const { company, caller, params, afterwards } = call;
      const wanted = { campaign: params.campaignId, runId: params.runId };
      const { isAsked, hasEnded, decisionsTask } = await cancelRun(company, wanted, caller.keyId);
      const run = await getRunView(company, wanted);
      if (isAsked) noteAction(deps, call, { ...fieldsOf(run), event: 'cancel.asked' });
      if (hasEnded) noteAction(deps, call, { ...fieldsOf(run), event: 'run.canceled' });
      afterwards(() => deps.onRunAccepted(company.companyId)); // its place is free
      if (hasEnded) afterwards(() => sealEnd(deps, { companyId: company.companyId, runId: run.id }));
      if (decisionsTask !== undefined) afterwards(() => deps.onTaskAccepted?.(queueOf.decisions, decisionsTask));
      return runView(run, deps);
    },
  });

const retryOne = ({ log, onRunAccepted, retryWithinMs = DAY_MS }: ApiDeps) =>
  operation({
    ...shared,
    ...{ name: 'retryRun', summary: 'Retry a failed run', path: `${ONE}/retry` },
    description:
      'Reopens the run with the settings as they are now, at the step that failed; contacts that were screened and are not ' +
      'delivered yet are screened anew. What is delivered is never sent again. Once the query’s result is old it is refused: ' +
      'people may have paid since; and once the run’s files are past their retention.',
    handle: async (call) => {
      const { company, caller, params, afterwards } = call;
      const wanted = { campaign: params.campaignId, runId: params.runId };
      await retryRun(company, wanted, { byKey: caller.keyId, withinMs: retryWithinMs });
      const run = await getRunView(company, wanted);
      noteAction({ log }, call, { ...fieldsOf(run), event: 'run.retried' });
      afterwards(() => onRunAccepted(company.companyId));
      return runView(run);
    },
  });

const resolveOne = (deps: ApiDeps) =>
  operation({
    ...shared,
    ...{ name: 'resolveDelivery', summary: 'Say what became of a delivery that is unknown' },
    path: `${ONE}/deliveries/{file}/resolve`,
    description:
      'Delivered: the run goes on after its upload. Not delivered: it stays failed, and may be retried. `file` is the name ' +
      'among the run’s files, such as `contacts_output.csv`.',
    body: { json: ResolveDelivery },
    handle: async (call) => {
      const { company, caller, params, body, afterwards } = call;
      const wanted = { campaign: params.campaignId, runId: params.runId };
      const resolution = { file: params.file, as: body.as, note: body.note, byKey: caller.keyId };
      const isReopened = await resolveDelivery(company, wanted, resolution);
      const run = await getRunView(company, wanted);
      const { companyId } = company;
      const { file, as } = resolution;
      noteAction(deps, call, { ...fieldsOf(run), event: 'delivery.resolved', file, as });
      afterwards(() => (isReopened ? deps.onRunAccepted(companyId) : sealEnd(deps, { companyId, runId: run.id })));
      return runView(run, deps);
    },
  });

function fieldsOf({ id: runId, campaignId }: RunView) {
  return { runId, campaignId };
}
