import { type OpenDatabase } from '@muster/db/openDatabase';
import { type ChargeState } from '@muster/db/sms/smsCharges';

/** Stores a charge of 20.50 DKK of a subscription, for the first of April 2026; gives its guid. */
export async function insertCharge(db: OpenDatabase, subscriptionGuid: string, state: ChargeState): Promise<string> {
  const [row] = await db.query<{ guid: string }>(
    `insert into sms_charge (company_id, subscription_guid, campaign_guid, service_guid, channel, msisdn, month, amount_total,
       currency_code, state, due_date)
     select company_id, guid, campaign_guid, campaign_guid, channel, '4520123456', '2026-04', 2050, 'DKK', $2, '2026-04-01'
     from sms_subscription where guid = $1 returning guid`,
    [subscriptionGuid, state],
  );
  if (!row) throw new Error(`there is no subscription ${subscriptionGuid}`);
  return row.guid;
}
