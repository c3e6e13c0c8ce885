import { inLanes } from '@muster/core/inLanes';
import { type Log } from '@muster/core/log';
import { type AlertOutbox, type ClaimedAlert } from './alerts.ts';
import { nextTryAfter, toldOf } from './nextTryAfter.ts';
import { webhookDelay } from './webhookDelay.ts';
import { type WebhookReceiver } from './webhookReceiver.ts';

export interface AlertDeps {
  outbox: AlertOutbox;
  receiver: WebhookReceiver;
  log: Log;
}

export const ALERTS_AT_ONCE = 32;
const LANES = 16;
const PER_COMPANY = 4; // a receiver that hangs holds up its own company's alerts, and few places
const LEASE_MS = 60_000; // longer than a request may take

/**
 * Brings one batch of alerts to their companies' webhooks and records what came of it; gives how many were taken. At least
 * once: a sender that dies between sending and recording leaves the alert to be sent again, under the same id. Safe to
 * call at any time, by any number of processes.
 */
export async function deliverAlerts(deps: AlertDeps, signal: AbortSignal): Promise<number> {
  const claimed = await deps.outbox.claim({ limit: ALERTS_AT_ONCE, perCompany: PER_COMPANY, leaseMs: LEASE_MS });
  await inLanes(claimed, LANES, (alert) => deliver(alert, deps, signal));
  return claimed.length;
}

async function deliver(alert: ClaimedAlert, { outbox, receiver, log }: AlertDeps, signal: AbortSignal) {
  const { id, tries, triedAt: sentAt, url } = alert;
  const fields = { alertId: id, companyId: alert.companyId, runId: alert.runId, tries };
  try {
    await receiver.send({ url, id, sentAt, body: bodyOf(alert), secret: alert.readSecret() }, signal);
  } catch (error) {
    if (signal.aborted) return; // we are stopping: it is tried again once its lease has run out
    const { code, message } = toldOf(error);
    const delayMs = nextTryAfter(error, webhookDelay(tries));
    log[delayMs === undefined ? 'error' : 'warn'](delayMs === undefined ? 'alert.givenUp' : 'alert.notDelivered', {
      ...fields,
      code,
    });
    return delayMs === undefined ? outbox.giveUp(alert, message) : outbox.postpone(alert, delayMs, message);
  }
  await outbox.noteDelivered(alert);
  log.info('alert.delivered', fields);
}

/** Ids, codes, counts, what the company calls its campaign, and our own sentences: nothing personal, nothing secret. */
function bodyOf(alert: ClaimedAlert) {
  const { id: alertId, kind: type, createdAt: timestamp, companyId, campaignId, campaignName } = alert;
  const { runId, file, slots, dueDate, code, message, resolvedAt } = alert;
  const data = { alertId, companyId, campaignId, campaignName, runId, file, slots, dueDate, code, message, resolvedAt };
  return JSON.stringify({ type, timestamp, data });
}
