import { dateIn } from '@muster/core/calendarDate';
import { defaultGuardSettings } from '@muster/core/guardSettings';
import { type DeliveryState } from './deliveries.ts';
import { ScreeningExpired } from './screeningExpired.ts';
import { type StepContext } from './step.ts';

/** From here on the file may be with the dialer: to screen anew could make two files of one. */
const handedOver: readonly DeliveryState[] = ['renaming', 'delivered', 'unknown'];

/**
 * Throws ScreeningExpired where contacts were screened longer ago than the company allows, or on another day of the company -
 * a do-not-interact may begin with the day - and their file is still with us. Verdicts whose time cannot be told are too old.
 */
export async function refuseOldVerdicts({ run, runs, deliveries, now }: StepContext): Promise<void> {
  const { exporter, company } = run.settings;
  if (!exporter?.checkCanInteractData) return;
  const delivery = await deliveries.last(run.id, 'contacts_output.csv');
  if (delivery && handedOver.includes(delivery.state)) return;
  const notes = await runs.notesOf(run.id, 'filter');
  const [matchedAt, checkedAt] = [notes['now'], notes['checkedAt'] ?? notes['now']].map((at) => new Date(at as string));
  const { screeningMaxAgeMinutes: maxAgeMinutes } = company.guard ?? defaultGuardSettings;
  const today = await now();
  const isYoung = checkedAt !== undefined && today.getTime() - checkedAt.getTime() <= maxAgeMinutes * 60_000;
  const isOfToday = isYoung && matchedAt !== undefined && isSameDay(company.timeZone, matchedAt, today);
  if (!isOfToday) throw new ScreeningExpired(run.id, { checkedAt: checkedAt ?? today, maxAgeMinutes });
}

function isSameDay(timeZone: string, one: Date, other: Date) {
  return dateIn(timeZone, one) === dateIn(timeZone, other);
}
