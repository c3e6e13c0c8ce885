import { type OpenDatabase } from '@muster/db/openDatabase';
import { insertCompany } from './factories.ts';
import { smsSeeds } from './smsSeeds.ts';

interface Subscribed {
  /** The day from which on they are due monthly, at nine o'clock UTC. */
  nextDue: string;
  /** A new one's where absent. */
  companyId?: string;
  count?: number;
}

/** Stores active subscriptions of a company to one campaign, those of the numbers 4530000001 onwards. */
export async function insertSubscriptions(db: OpenDatabase, { nextDue, companyId: given, count = 5 }: Subscribed) {
  const companyId = given ?? (await insertCompany(db));
  const { addCampaign } = smsSeeds(db.forCompany(companyId));
  const { campaignGuid } = await addCampaign({ serviceType: 'Recurring', type: 'Shared' });
  const rows = await db.query<{ guid: string }>(
    `with contact as (
       insert into sms_contact (company_id, msisdn)
       select $1, (4530000000 + n)::text from generate_series(1, $3::int) n returning guid
     )
     insert into sms_subscription (company_id, contact_guid, agreement_guid, campaign_guid, channel, state, start_date,
       next_due_date, next_due_at)
     select $1, contact.guid, agreement_guid, campaign.guid, '1217', 'Active', $2, $2, $2::date + interval '9 h'
     from contact, sms_campaign campaign where campaign.guid = $4 returning guid`,
    [companyId, nextDue, count, campaignGuid],
  );
  return { companyId, count, guids: rows.map(({ guid }) => guid) };
}
