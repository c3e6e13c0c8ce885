import { type Database } from '@muster/core/database';
import { CAMPAIGN, type CandidateCampaign, type CandidateKeyword, type Deciding } from './deciding.ts';
import { noteError } from './noteError.ts';
import { planCharge } from './planCharge.ts';
import { planReply } from './planReply.ts';

interface SigningUp {
  keyword: CandidateKeyword;
  campaign: CandidateCampaign;
}

/**
 * Signs the number of a text up for a campaign of Recurring: a subscription that waits for its first charge, under the
 * campaign's agreement if it is shared, else under one of its own. A number that has signed up under that agreement already, by
 * whatever campaign, is answered what it has signed up to, and charged nothing.
 */
export async function signUp(tx: Database, message: Deciding, { keyword, campaign }: SigningUp): Promise<void> {
  const contactGuid = await contactOf(tx, message);
  const open = await openUnder(tx, contactGuid, campaign);
  if (open?.state === 'Pending') return noteError(tx, message.guid, CHARGE_UNSETTLED); // neither thanked nor charged again
  if (open) return planReply(tx, message, { kind: 'reply', keyword: { ...keyword, campaign: open.campaign } });
  const subscriptionGuid = await insertSubscription(tx, message, { keyword, campaign, contactGuid });
  const isCharged = await planCharge(tx, message, { keyword, campaign, subscriptionGuid });
  if (!isCharged) await tx.execute('delete from sms_subscription where guid = $1', [subscriptionGuid]);
}

/** What stands for a number of a company. */
async function contactOf(tx: Database, { companyId, msisdn }: Deciding): Promise<string> {
  const [contact] = await tx.query<{ guid: string }>(
    `insert into sms_contact (company_id, msisdn) values ($1, $2)
     on conflict (company_id, msisdn) do update set msisdn = excluded.msisdn returning guid`,
    [companyId, msisdn],
  );
  if (!contact) throw new Error('the number was not stored');
  return contact.guid;
}

/** What the number has signed up to under the agreement that a campaign names. */
async function openUnder(tx: Database, contactGuid: string, { agreementGuid }: CandidateCampaign) {
  const [open] = await tx.query<{ state: string; campaign: CandidateCampaign }>(
    `select state, ${CAMPAIGN} as campaign
     from sms_subscription subscription join sms_campaign campaign on campaign.guid = subscription.campaign_guid
     where contact_guid = $1 and campaign.agreement_guid = $2 and state in ('Pending', 'Active', 'OnHold')`,
    [contactGuid, agreementGuid],
  );
  return open;
}

async function insertSubscription(
  tx: Database,
  { companyId, channel, today }: Deciding,
  { keyword, campaign, contactGuid }: SigningUp & { contactGuid: string },
): Promise<string> {
  const [row] = await tx.query<{ guid: string }>(
    `with shared as (
       select guid from sms_agreement where guid = $6 and type = 'Shared'
     ), own as (
       insert into sms_agreement (company_id, name, description, type, schedule)
       select company_id, name, description, type, schedule from sms_agreement where guid = $6 and type = 'Personal'
       returning guid
     )
     insert into sms_subscription (company_id, contact_guid, campaign_guid, keyword_guid, channel, start_date, agreement_guid)
     select $1, $2, $3, $4, $5, $7, guid from (select guid from shared union all select guid from own) agreement
     returning guid`,
    [companyId, contactGuid, campaign.guid, keyword.guid, channel, campaign.agreementGuid, today],
  );
  if (!row) throw new Error('a campaign of Recurring has no agreement');
  return row.guid;
}

const CHARGE_UNSETTLED = {
  code: 'chargeUnsettled',
  message: 'the number has signed up before, and nobody knows what became of that charge: settle it first',
};
