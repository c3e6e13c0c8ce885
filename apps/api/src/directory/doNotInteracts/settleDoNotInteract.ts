import { faultsOfOrder } from '@muster/core/checkDoNotInteract';
import { type Fault, InvalidInput } from '@muster/core/errors';
import { withoutAbsent } from '@muster/core/withoutAbsent';
import { type DoNotInteractRow } from '@muster/db/directory/rows';
import { type CreateDoNotInteract } from './dto.ts';

/**
 * What a do-not-interact under `caseId` becomes when `body` is applied to what is stored (nothing, for a new one). Throws
 * InvalidInput for rules between its fields.
 */
export function settleDoNotInteract(
  stored: DoNotInteractRow | undefined,
  body: CreateDoNotInteract,
  caseId: string,
): Partial<DoNotInteractRow> {
  const values = withoutAbsent({
    externalId: body.externalId,
    channels: body.channels,
    themes: body.themes,
    startDate: body.startDate,
    endDate: body.endDate,
    daysOfWeek: body.daysOfWeek,
    timezone: body.timezone,
    timesOfDay: body.timesOfDay,
    contactLabels: body.contactLabels,
    source: body.source,
  });
  const { startDate, endDate } = { ...stored, ...values };
  const faults = [...faultsOfOrder(startDate, endDate, 'endDate'), ...faultsOfCase(stored, body.caseId, caseId)];
  if (faults.length > 0) throw new InvalidInput(faults);
  return { ...values, ...((!stored || body.caseId != null) && { caseId }) };
}

/** It stays with the case under which it stands; one of no case in particular may stay so. */
function faultsOfCase(
  stored: DoNotInteractRow | undefined,
  given: CreateDoNotInteract['caseId'],
  caseId: string,
): Fault[] {
  const isFine =
    given === undefined || String(given) === caseId || (given === null && (stored?.caseId ?? null) === null);
  if (isFine) return [];
  return [{ field: 'caseId', code: 'otherCase', message: 'must name the case of the address, or be left out' }];
}
