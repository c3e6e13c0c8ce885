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
 * Closes an alert, whose row must be locked. Throws Conflict `alertNotOpen`; `deliveryUnknown` for a delivery in doubt: a person has to say
 * what became of it.
 */
export async function resolveAlert(
  tx: CompanyDatabase,
  { id, kind, resolvedAt, campaignId, runId, file }: AlertRow,
  { note, byKey }: AlertResolution,
): Promise<void> {
  if (resolvedAt) throw new Conflict('alertNotOpen', `alert ${id} is closed already`, { details: { resolvedAt } });
  if (kind === 'delivery.unknown') {
    const path = `/campaigns/${campaignId}/runs/${String(runId)}/deliveries/${String(file)}/resolve`;
    const message = `what became of ${String(file)} has to be said: POST ${path}, which closes this alert, too`;
    throw new Conflict('deliveryUnknown', message);
  }
  await tx.execute('update alert set resolved_at = clock_timestamp(), resolved_by = $2, note = $3 where id = $1', [
    id,
    byKey,
    note,
  ]);
}
