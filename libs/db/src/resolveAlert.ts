import { Conflict } from '@muster/core/errors';
import { type AlertRow } from './alerts.ts';
import { type CompanyDatabase } from './openDatabase.ts';

/** A person's word that an alert needs nobody any more. */
export interface AlertResolution {
  note: string;
  /** Of the credential: never a name. */
  byKey: string;
}

/**
 * Closes an alert, whose row must be locked. Throws Conflict `alertNotOpen`; `deliveryUnknown` for a delivery in doubt, `chargeUnknown` for
 * charges: a person has to say what became of them.
 */
export async function resolveAlert(
  tx: CompanyDatabase,
  alert: AlertRow,
  { note, byKey }: AlertResolution,
): Promise<void> {
  const { id, kind, campaignId, runId, file } = alert;
  refuseClosed(alert);
  if (kind === 'delivery.unknown') {
    const path = `/campaigns/${campaignId}/runs/${String(runId)}/deliveries/${String(file)}/resolve`;
    const message = `what became of ${String(file)} has to be said: POST ${path}, which closes this alert, too`;
    throw new Conflict('deliveryUnknown', message);
  }
  if (kind === 'charge.unknown') {
    const say =
      'what became of each charge has to be said: POST /sms/charge/{chargeGuid}/Settle; the last one closes this alert';
    throw new Conflict('chargeUnknown', say);
  }
  await tx.execute('update alert set resolved_at = clock_timestamp(), resolved_by = $2, note = $3 where id = $1', [
    id,
    byKey,
    note,
  ]);
}

/** By whom and when, but not why: a note may name people, and is for those who read the alert. */
function refuseClosed({ id, resolvedAt, resolvedBy: key }: AlertRow) {
  if (!resolvedAt) return;
  const [how, at] = [key === null ? 'its cause was gone' : `by key ${key}`, resolvedAt.toISOString()];
  throw new Conflict('alertNotOpen', `alert ${id} is closed already: ${how} at ${at}`, {
    details: { resolvedAt, key },
  });
}
