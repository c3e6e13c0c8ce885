import { type CalendarDate } from '@muster/core/calendarDate';
import { type Database } from '@muster/core/database';
import { ChargeLost, type DueLease } from '@muster/messaging/dueCharges';
import { CAMPAIGN, type CandidateCampaign } from './deciding.ts';
import { ORGANISATION, type Organisation, organisationOf, type StoredOrganisation } from './organisation.ts';

/** A charge of a due date, kept with its subscription for the rest of a transaction. */
export interface LockedDue {
  guid: string;
  companyId: string;
  channel: string;
  msisdn: string;
  serviceGuid: string;
  amountTotal: number;
  dueDate: CalendarDate;
  pursuit: number;
  /** Whether the gateway may have been asked for it before. */
  wasAsked: boolean;
  subscriptionGuid: string;
  subscriptionState: string;
  /** Empty: the keyword is gone. */
  keyword: string;
  campaign: CandidateCampaign;
  organisation: Organisation;
}

/**
 * Keeps a charge and its subscription from all others, the subscription first, as everybody does who changes both. Throws
 * ChargeLost where the charge is no longer this attempt's.
 */
export async function lockDueCharge(tx: Database, lease: DueLease): Promise<LockedDue> {
  await tx.query(
    `select from sms_subscription where guid = (select subscription_guid from sms_charge where guid = $1) for no key update`,
    [lease.chargeGuid],
  );
  const [row] = await tx.query<LockedDue & { organisation: StoredOrganisation }>(
    `select charge.guid, charge.company_id as "companyId", charge.channel, charge.msisdn, service_guid as "serviceGuid",
       amount_total as "amountTotal", due_date::text as "dueDate", pursuit, asked_at is not null as "wasAsked",
       subscription.guid as "subscriptionGuid", subscription.state as "subscriptionState",
       coalesce(keyword.keyword, '') as keyword, ${ORGANISATION} as organisation,
       ${CAMPAIGN} as campaign
     from sms_charge charge join company on company.id = charge.company_id
       join sms_campaign campaign on campaign.guid = charge.campaign_guid
       join sms_subscription subscription on subscription.guid = charge.subscription_guid
       left join sms_keyword keyword on keyword.guid = subscription.keyword_guid
     where charge.guid = $1 and charge.attempt = $2 and charge.settled_at is null for no key update of charge`,
    [lease.chargeGuid, lease.attempt],
  );
  if (!row) throw new ChargeLost(lease);
  return { ...row, organisation: organisationOf(row.organisation) };
}
