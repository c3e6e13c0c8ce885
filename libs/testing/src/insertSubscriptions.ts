import { type Database } from '@muster/core/database';
import { insertCompany } from './factories.ts';

/** Stores subscriptions of a company of its own, which are due monthly from a day on, at nine o'clock UTC. */
export async function insertSubscriptions(db: Database, nextDue: string) {
  const [companyId, count] = [await insertCompany(db), 5];
  await db.execute(
    `with agreement as (
       insert into sms_agreement (company_id, name, type, schedule)
       values ($1, 'Gift', 'Shared', '{"scheduleType":"Monthly","scheduleSelectedSet":[]}') returning guid
     ), campaign as (
       insert into sms_campaign (company_id, service_type, agreement_guid, fields)
       select $1, 'Recurring', guid, '{"amountTotal":20,"currencyCode":"DKK"}' from agreement returning guid, agreement_guid
     ), contact as (
       insert into sms_contact (company_id, msisdn) select $1, n::text from generate_series(1, $3::int) n returning guid
     )
     insert into sms_subscription (company_id, contact_guid, agreement_guid, campaign_guid, channel, state, start_date,
       next_due_date, next_due_at)
     select $1, contact.guid, agreement_guid, campaign.guid, '1217', 'Active', $2, $2, $2::date + interval '9 h'
     from contact, campaign`,
    [companyId, nextDue, count],
  );
  return { companyId, count };
}
