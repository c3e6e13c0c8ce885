import { type Guard } from './guard.ts';

const migration = 'libs/db/migrations/1764000000020_alerts.sql';
const restored = 'libs/db/migrations/1764000000077_restored.sql';
const laterRun = 'libs/db/migrations/1764000000074_later_run.sql';
const raised = ['libs/db/src/alertsRaised.integration.test.ts'];
const alertOutbox = 'libs/db/src/alertOutbox.ts';
const outbox = ['libs/db/src/alertOutbox.integration.test.ts'];
const ofApi = ['apps/api/src/alerts/alerts.integration.test.ts'];
const receiver = ['libs/adapters/src/webhookReceiver.integration.test.ts'];
const ready = 'libs/queue/src/areJobsReady.ts';
const watchdog = ['libs/queue/src/watchdog.integration.test.ts'];

/** What sees to it that a person hears of what only a person can mend, and that a deaf worker makes room for another. */
export const alertGuards: Guard[] = [
  {
    name: 'a parked run raises an alert',
    why: 'a run that waits for a person would be told to nobody',
    file: migration,
    find: `when (new.status = 'failed' and is_alerting(new.error_code)`,
    replace: 'when (false',
    tests: raised,
  },
  {
    name: 'a run that failed raises an alert, whatever it failed of',
    why: 'a run that only a person can start again would be told to nobody',
    file: 'libs/db/migrations/1764000000078_every_failure.sql',
    find: `code <> 'deliveryUnknown'`,
    replace: `code = 'parked'`,
    tests: raised,
  },
  {
    name: 'a delivery in doubt raises an alert',
    why: 'a file of which nobody knows whether it arrived would be told to nobody',
    file: migration,
    find: `when (old.state <> new.state and (old.state = 'unknown' or new.state = 'unknown')) execute function alert_of_delivery();`,
    replace: `when (old.state <> new.state and old.state = 'unknown') execute function alert_of_delivery();`,
    tests: raised,
  },
  {
    name: 'a missed slot raises an alert',
    why: 'a day without its calls would be told to nobody',
    file: restored,
    find: `from came where state = 'missed' group by 1, 2) as late;`,
    replace: 'from came where false group by 1, 2) as late;',
    tests: raised,
  },
  {
    name: 'an alert is closed with its cause',
    why: 'people would look into what is mended, and soon into nothing',
    file: laterRun,
    find: `and (run_id = new.id or (new.status = 'succeeded' and created_at <= new.created_at));`,
    replace: 'and false;',
    tests: raised,
  },
  {
    name: 'a deleted campaign raises no alert but for a delivery in doubt',
    why: 'people would be called for runs of which nothing can be done any more',
    file: 'libs/db/migrations/1764000000081_deleted_campaigns.sql',
    find: ` and (campaign.deleted_at is null or $2 = 'delivery.unknown')`,
    replace: '',
    tests: raised,
  },
  {
    name: 'nobody closes the alert of a delivery in doubt past the delivery',
    why: 'a file that may be out there would be out of sight, and nobody have said what became of it',
    file: 'libs/db/src/resolveAlert.ts',
    find: `if (kind === 'delivery.unknown') {`,
    replace: `if (kind !== kind) {`,
    tests: ofApi,
  },
  {
    name: 'a note says something',
    why: 'what a person did would be on record without the reason',
    file: 'apps/api/src/noteField.ts',
    find: ', rule: refuseBlank',
    replace: '',
    tests: ofApi,
  },
  {
    name: 'a webhook that was mended is told of what is open',
    why: 'what was given up, or waits for hours, would never come to the new address',
    file: 'libs/db/src/companySettings.ts',
    find: 'if (isOther(stored.alertWebhook, change.alertWebhook)) await tellAnew(tx);',
    replace: '',
    tests: ['libs/db/src/tellAnew.integration.test.ts'],
  },
  {
    name: 'an older run closes no alert of a newer one',
    why: 'a run that waits for a person would be listed no more',
    file: laterRun,
    find: `and created_at <= new.created_at`,
    replace: '',
    tests: raised,
  },
  {
    name: 'one sender takes an alert at a time',
    why: 'schedulers beside each other would each tell a webhook of it',
    file: alertOutbox,
    find: `next_try_at = case when company.alert_webhook is not null then $1::timestamptz + $4 * interval '1 ms' end,`,
    replace: `next_try_at = case when company.alert_webhook is not null then $1::timestamptz + 0 * $4 * interval '1 ms' end,`,
    tests: outbox,
  },
  {
    name: 'a try that another has overtaken records nothing',
    why: 'what is delivered would be tried again, or what failed be called delivered',
    file: alertOutbox,
    find: 'and next_try_at = $2 and',
    replace: 'and $2::timestamptz is not null and',
    tests: outbox,
  },
  {
    name: 'companies take turns at webhooks',
    why: 'the backlog of one company would hold up the alerts of all others',
    file: alertOutbox,
    find: 'order by one.place, one.next_try_at limit $3',
    replace: 'order by one.next_try_at limit $3',
    tests: outbox,
  },
  {
    name: 'an alert is signed with all that it says',
    why: 'whoever knows a webhook could tell it of anything',
    file: 'libs/adapters/src/webhook/signWebhook.ts',
    find: '`${id}.${timestamp}.${body}`',
    replace: '`${id}.${timestamp}`',
    tests: ['libs/adapters/src/webhook/signWebhook.test.ts'],
  },
  {
    name: 'a webhook is redirected nowhere',
    why: 'an alert would go to whoever a receiver names',
    file: 'libs/adapters/src/webhookReceiver.ts',
    find: 'followRedirect: false',
    replace: 'followRedirect: true',
    tests: receiver,
  },
  {
    name: 'a deaf worker is found',
    why: 'jobs would wait for a worker that hears nothing',
    file: 'libs/queue/src/watchWorker.ts',
    find: 'if (looks > LOOKS) onDeaf();',
    replace: 'if (looks < 0) onDeaf();',
    tests: watchdog,
  },
  {
    name: 'a process that cannot be mended ends itself',
    why: 'jobs would wait for a worker that hears nothing, or for one whose secret key was replaced',
    file: 'libs/runtime/src/endItself.ts',
    find: 'void stop().then(end, end);',
    replace: 'void stop();',
    tests: ['libs/runtime/src/endItself.test.ts'],
  },
  {
    name: 'a worker without a free slot is not deaf',
    why: 'workers would end themselves under load',
    file: 'libs/queue/src/watchWorker.ts',
    find: 'if (given !== before || !worker.hasFreeSlot()) return false;',
    replace: 'if (given !== before) return false;',
    tests: ['libs/queue/src/watchWorker.test.ts', ...watchdog],
  },
  {
    name: 'a worker whose store is away is not deaf',
    why: 'all workers would end themselves when Redis is restarted',
    file: 'libs/queue/src/watchWorker.ts',
    find: 'await worker.areJobsReady().catch(() => false)',
    replace: 'await worker.areJobsReady().catch(() => true)',
    tests: ['libs/queue/src/watchWorker.test.ts', ...watchdog],
  },
  {
    name: 'a paused queue makes no worker deaf',
    why: 'workers would end themselves while an operator has paused a queue',
    file: ready,
    find: 'waiting > 0 && !isPaused &&',
    replace: 'waiting > 0 &&',
    tests: watchdog,
  },
  {
    name: 'a limited queue makes no worker deaf',
    why: 'workers would end themselves while a queue is slowed down',
    file: ready,
    find: '!isMaxed && limitedForMs <= 0',
    replace: 'limitedForMs <= Infinity',
    tests: watchdog,
  },
];
