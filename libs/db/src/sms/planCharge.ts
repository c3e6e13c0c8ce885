import { type Database } from '@muster/core/database';
import { decimalOf, hundredthsOf } from '@muster/messaging/decimalOf';
import { refuseCharge } from '@muster/messaging/refuseCharge';
import { noteError } from './noteError.ts';
import { type CandidateCampaign, type CandidateKeyword, type Deciding } from './deciding.ts';

interface Planned {
  keyword: Pick<CandidateKeyword, 'keyword'>;
  campaign: CandidateCampaign;
  /** Of a first charge of a subscription. */
  subscriptionGuid: string | null;
}

/**
 * Writes down a charge that a text asks for, once; where it would pass a limit, that instead, and gives false. The caller's
 * transaction has the number's lock.
 */
export async function planCharge(tx: Database, message: Deciding, planned: Planned): Promise<boolean> {
  const { fields, guid: campaignGuid, agreementGuid } = planned.campaign;
  const { companyId, msisdn, today, organisation } = message;
  const service = { serviceGuid: agreementGuid ?? campaignGuid, currencyCode: fields.currencyCode };
  const month = today.slice(0, 7);
  const chargedThisMonth = await chargedInMonth(tx, { companyId, msisdn, ...service, month });
  const amountTotal = hundredthsOf(decimalOf(fields.amountTotal ?? 0));
  const refusal = refuseCharge({ amountTotal, chargedThisMonth }, fields, organisation);
  if (refusal) {
    await noteError(tx, message.guid, refusal);
    return false;
  }
  await tx.execute(
    `insert into sms_charge (company_id, message_guid, subscription_guid, campaign_guid, service_guid, channel, msisdn, month,
       amount_total, currency_code)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
    [
      ...[
        companyId,
        message.guid,
        planned.subscriptionGuid,
        campaignGuid,
        service.serviceGuid,
        message.channel,
        msisdn,
      ],
      ...[month, amountTotal, fields.currencyCode],
    ],
  );
  return true;
}

interface Month {
  companyId: string;
  msisdn: string;
  /** The campaign's agreement, else the campaign. */
  serviceGuid: string;
  currencyCode: string;
  month: string;
}

/**
 * What a number is charged for a service in a calendar month, in hundredths: also what is about to be, and what nobody knows
 * of; but no due date's charge before it was decided itself.
 */
export async function chargedInMonth(tx: Database, of: Month): Promise<number> {
  const [sum] = await tx.query<{ total: number }>(
    `select coalesce(sum(amount_total), 0)::int as total from sms_charge
     where company_id = $1 and msisdn = $2 and service_guid = $3 and month = $4 and currency_code = $5
       and state <> 'refused' and (message_guid is not null or asked_at is not null)`,
    [of.companyId, of.msisdn, of.serviceGuid, of.month, of.currencyCode],
  );
  return sum?.total ?? 0;
}
