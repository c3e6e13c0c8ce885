import { type Database } from '@muster/core/database';
import { insertCompany } from './factories.ts';

interface Subscribed {
  /** The day from which on they are due monthly, at nine o'clock UTC. */
  nextDue: string;
  /** A new one's where absent. */
  companyId?: string;
  count?: number;
}

/** Stores active subscriptions of a company, those of the numbers 4530000001 onwards. */
export async function insertSubscriptions(db: Database, { nextDue, companyId: given, count = 5 }: Subscribed) {
  const companyId = given ?? (await insertCompany(db));
  const rows = await db.query<{ guid: string }>(
    `with agreement as (
       insert into sms_agreement (company_id, name, type, schedule)
       values ($1, 'Gift', 'Shared', '{"scheduleType":"Monthly","scheduleSelectedSet":[]}') returning guid
     ), campaign as (
       insert into sms_campaign (company_id, service_type, agreement_guid, fields)
       select $1, 'Recurring', guid, '{"amountTotal":20,"currencyCode":"DKK"}' from agreement returning guid, agreement_guid
     ), contact as (
       insert into sms_contact (company_id, msisdn)
       select $1, (4530000000 + n)::text from generate_series(1, $3::int) n returning guid
     )
     insert into sms_subscription (company_id, contact_guid, agreement_guid, campaign_guid, channel, state, start_date,
       next_due_date, next_due_at)
     select $1, contact.guid, agreement_guid, campaign.guid, '1217', 'Active', $2, $2, $2::date + interval '9 h'
     from contact, campaign returning guid`,
    [companyId, nextDue, count],
  );
  return { companyId, count, guids: rows.map(({ guid }) => guid) };
}
