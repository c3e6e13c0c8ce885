import { type AlertKind, alertKinds, alertStatuses, type AlertStatus, listAlerts } from '@muster/db/alerts';
import { oneOf } from '@muster/core/fields';
import { pageOf } from '../answer.ts';
import { operation, type Operation } from '../operation.ts';
import { PageQuery, pageRequestOf } from '../queries.ts';
import { AlertAnswer, alertView } from './views.ts';

/** The address of the list of alerts. */
class AlertsQuery extends PageQuery {
  @oneOf(alertStatuses, {
    optional: true,
    description: 'Whether the cause is gone: open or resolved; both where absent',
  })
  status?: AlertStatus;
  @oneOf(alertKinds, { optional: true }) kind?: AlertKind;
}

/** What a person must hear of. */
export function alertOperations(): Operation[] {
  return [listAll];
}

const listAll = operation({
  ...{ name: 'listAlerts', summary: 'List the alerts', tag: 'Runs', methods: ['get'], path: '/alerts' },
  description:
    'Newest first: what waits for a person, and what became of telling the company’s `alertWebhook`. An alert is closed by ' +
    'itself when its cause is: its run retried, its delivery resolved, or a later run of its campaign succeeded.',
  scope: 'runs:read',
  query: AlertsQuery,
  answer: { page: AlertAnswer },
  refusals: [404],
  handle: async ({ company, query }) => {
    const { status, kind } = query;
    return pageOf(await listAlerts(company, { status, kind }, pageRequestOf(query)), alertView);
  },
});
