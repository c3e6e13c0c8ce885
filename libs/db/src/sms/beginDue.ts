import { dateIn } from '@muster/core/calendarDate';
import { type Database } from '@muster/core/database';
import { type BegunCharge, type DueLease } from '@muster/messaging/dueCharges';
import { refuseCharge } from '@muster/messaging/refuseCharge';
import { chargeOf } from './leftOf.ts';
import { type LockedDue, lockDueCharge } from './lockDueCharge.ts';
import { chargedInMonth } from './planCharge.ts';
import { giveUpDue, settleDue } from './settleDue.ts';

/**
 * Looks a last time whether a due date is still to be charged, in the caller's transaction, and notes that it is asked for
 * from now on; else writes down why not, and gives what that makes of it.
 */
export async function beginDue(tx: Database, lease: DueLease): Promise<BegunCharge | 'refused' | 'unknown'> {
  // one after the other, as with texts: the limits of a number are of all that it is charged
  await tx.query(
    'select pg_advisory_xact_lock(hashtext(company_id), hashtext(msisdn)) from sms_charge where guid = $1',
    [lease.chargeGuid],
  );
  const due = await lockDueCharge(tx, lease);
  const { subscriptionState: state, wasAsked } = due;
  // what was asked for before the last day is the charge of a day that was paid for: its answer is still fetched
  if (state === 'Active' || (state === 'Expired' && wasAsked)) {
    return wasAsked || (await mayAsk(tx, due)) ? { charge: chargeFor(due), wasAsked } : 'refused';
  }
  await endWithSubscription(tx, due);
  return wasAsked ? 'unknown' : 'refused';
}

/** Where the gateway was asked before, asking for the answer could make the charge: nobody may, now. */
async function endWithSubscription(tx: Database, due: LockedDue) {
  const code = due.subscriptionState === 'Cancelled' ? 'STOP' : 'notActive';
  await giveUpDue(tx, due, { code, message: 'the subscription has ended meanwhile' });
  await tx.execute('update sms_subscription set pursued = 0 where guid = $1', [due.subscriptionGuid]); // it may go on one day
}

async function mayAsk(tx: Database, due: LockedDue): Promise<boolean> {
  const { companyId, msisdn, serviceGuid, amountTotal, organisation } = due;
  const { fields } = due.campaign;
  const month = dateIn(organisation.timeZone, await tx.now()).slice(0, 7);
  const of = { companyId, msisdn, serviceGuid, currencyCode: fields.currencyCode, month };
  const refusal = refuseCharge({ amountTotal, chargedThisMonth: await chargedInMonth(tx, of) }, fields, organisation);
  if (refusal) await settleDue(tx, due, { outcome: 'refused', ...refusal, methodLost: false, by: 'limits' });
  else {
    await tx.execute('update sms_charge set asked_at = clock_timestamp(), month = $2 where guid = $1', [
      due.guid,
      month,
    ]);
  }
  return !refusal;
}

function chargeFor({ guid, channel, msisdn, subscriptionGuid, campaign }: LockedDue) {
  return chargeOf({ key: guid, channel, msisdn, reference: subscriptionGuid, fields: campaign.fields });
}
