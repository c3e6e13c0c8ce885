import { addDays, dateIn } from '@muster/core/calendarDate';
import { type Database } from '@muster/core/database';
import { type LockedDue } from './lockDueCharge.ts';
import { chargeMoment } from './nextDue.ts';

/** On which days after its due date a refused charge is asked for again (contract: sms-inbound, "Due dates"). */
const PURSUED_AFTER_DAYS = [1, 3, 7] as const;
/** How often a refused charge is asked for again. */
export const MOST_PURSUITS = PURSUED_AFTER_DAYS.length;

/** Wants a refused charge again, on the next of its days: as a charge of its own, with a key of its own. */
export async function pursueDue(tx: Database, due: LockedDue, error: { code: string; message: string }): Promise<void> {
  const changed = await tx.execute(
    `update sms_subscription set error_code = $2, error_description = $3, pursued = $4 where guid = $1 and state = 'Active'`,
    [due.subscriptionGuid, error.code, error.message, due.pursuit + 1],
  );
  if (changed === 0) return; // it has ended meanwhile
  await tx.execute(
    `insert into sms_charge (company_id, subscription_guid, due_date, pursuit, campaign_guid, service_guid, channel, msisdn,
       month, amount_total, currency_code, take_at)
     select company_id, subscription_guid, due_date, pursuit + 1, campaign_guid, service_guid, channel, msisdn, $2,
       amount_total, currency_code, $3
     from sms_charge where guid = $1 on conflict do nothing`,
    [due.guid, ...(await momentOf(tx, due))],
  );
}

async function momentOf(tx: Database, { dueDate, pursuit, organisation: { timeZone } }: LockedDue) {
  const tomorrow = addDays(dateIn(timeZone, await tx.now()), 1);
  const wanted = addDays(dueDate, PURSUED_AFTER_DAYS[pursuit] ?? 0);
  const date = wanted > tomorrow ? wanted : tomorrow; // one that was charged late is not asked for twice a day
  return [date.slice(0, 7), chargeMoment(date, timeZone)];
}
