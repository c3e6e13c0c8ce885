import { type AlertKind, alertKinds, alertStatuses, type AlertStatus, getAlert, listAlerts } from '@muster/db/alerts';
import { resolveAlert } from '@muster/db/resolveAlert';
import { oneOf } from '@muster/core/fields';
import { pageOf } from '../answer.ts';
import { type ApiDeps } from '../deps.ts';
import { noteAction } from '../noteAction.ts';
import { noteField } from '../noteField.ts';
import { operation, type Operation } from '../operation.ts';
import { PageQuery, pageRequestOf } from '../queries.ts';
import { AlertAnswer, alertView } from './views.ts';

/** The address of the list of alerts. */
class AlertsQuery extends PageQuery {
  @oneOf(alertStatuses, {
    optional: true,
    description: 'Whether it waits for a person still: open or resolved; both where absent',
  })
  status?: AlertStatus;
  @oneOf(alertKinds, { optional: true }) kind?: AlertKind;
}

/** The body of `POST /alerts/{alertId}/resolve`. */
class ResolveAlert {
  @noteField({ description: 'Why nobody needs to look any more: shown with the alert' }) note!: string;
}

const ONE = '/alerts/{alertId}';

/** What a person must hear of. */
export function alertOperations(deps: Pick<ApiDeps, 'log'>): Operation[] {
  return [listAll, getOne, resolveOne(deps)];
}

const listAll = operation({
  ...{ name: 'listAlerts', summary: 'List the alerts', tag: 'Runs', methods: ['get'], path: '/alerts' },
  description:
    'Newest first: what waits for a person, and what became of telling the company’s `alertWebhook`. An alert is closed by ' +
    'itself when its cause is gone: its run retried, its delivery resolved, a later run of its campaign succeeded; or by a person.',
  scope: 'runs:read',
  query: AlertsQuery,
  answer: { page: AlertAnswer },
  refusals: [404],
  handle: async ({ company, query }) => {
    const { status, kind } = query;
    return pageOf(await listAlerts(company, { status, kind }, pageRequestOf(query)), alertView);
  },
});

const getOne = operation({
  ...{ name: 'getAlert', summary: 'Read an alert', tag: 'Runs', methods: ['get'], path: ONE },
  scope: 'runs:read',
  answer: { object: AlertAnswer },
  refusals: [404],
  handle: async ({ company, params }) => alertView(await getAlert(company, params.alertId)),
});

const resolveOne = (deps: Pick<ApiDeps, 'log'>) =>
  operation({
    ...{ name: 'resolveAlert', summary: 'Close an alert', tag: 'Runs', methods: ['post'], path: `${ONE}/resolve` },
    description:
      'Says that nobody needs to look any more; its run stays as it is, and needs no attention. Refused (409) for a delivery in ' +
      'doubt, which `resolveDelivery` closes, and for charges, of which the last that is settled does.',
    scope: 'runs:manage',
    body: { json: ResolveAlert },
    answer: { object: AlertAnswer },
    refusals: [404, 409],
    ...{ writes: true, keepsAnswer: true, takesIfMatch: true },
    handle: async (call) => {
      const { company, caller, params, body, requireMatch } = call;
      const alert = await getAlert(company, params.alertId, { lock: true });
      requireMatch(alertView(alert));
      await resolveAlert(company, alert, { note: body.note, byKey: caller.keyId });
      const { id: alertId, kind, runId, campaignId } = alert;
      noteAction(deps, call, { event: 'alert.resolved', alertId, kind, runId, campaignId });
      return alertView(await getAlert(company, alert.id));
    },
  });
