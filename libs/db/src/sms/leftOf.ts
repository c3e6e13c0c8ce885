import { type Database } from '@muster/core/database';
import { type Charge, type OutgoingText } from '@muster/messaging/gateways';
import { type MessagePlan } from '@muster/messaging/inbox';
import { type StoredFields } from './smsCampaigns.ts';

interface WantedCharge {
  key: string;
  channel: string;
  msisdn: string;
  reference: string;
  fields: StoredFields;
}

/** What is still to be done outside for a text that came in: nothing that was written down as done, or as never to be done. */
export async function leftOf(tx: Database, messageGuid: string): Promise<MessagePlan> {
  const [wanted] = await tx.query<WantedCharge>(
    `select charge.guid as key, charge.channel, msisdn, coalesce(subscription_guid, message_guid)::text as reference, campaign.fields
     from sms_charge charge join sms_campaign campaign on campaign.guid = charge.campaign_guid
     where message_guid = $1 and state = 'wanted'`,
    [messageGuid],
  );
  const [text] = await tx.query<OutgoingText>(
    `select guid as key, channel, msisdn, text, sender_alias as "senderAlias" from sms_text
     where message_guid = $1 and state = 'wanted'`,
    [messageGuid],
  );
  return { charge: wanted ? chargeOf(wanted) : null, text: text ?? null };
}

/** A charge as the gateway is asked for it. */
export function chargeOf({ key, channel, msisdn, reference, fields }: WantedCharge): Charge {
  const money = (amount: number | null) => (amount ?? 0).toFixed(2);
  return {
    ...{ key, channel, msisdn, reference },
    amount: money(fields.amount),
    amountVat: money(fields.amountVat),
    amountTotal: money(fields.amountTotal),
    currencyCode: fields.currencyCode,
    invoiceText: fields.invoiceText ?? '',
    contentType: fields.contentType ?? '',
    purposeAccountingCode: fields.purposeAccountingCode,
  };
}
