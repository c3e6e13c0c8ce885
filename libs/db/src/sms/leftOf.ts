import { type Database } from '@muster/core/database';
import { decimalOf, hundredthsOf } from '@muster/messaging/decimalOf';
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
  const [left] = await tx.query<{ charge: WantedCharge | null; text: OutgoingText | null }>(
    `select
       (select jsonb_build_object('key', charge.guid, 'channel', charge.channel, 'msisdn', msisdn,
           'reference', coalesce(subscription_guid, message_guid), 'fields', campaign.fields)
         from sms_charge charge join sms_campaign campaign on campaign.guid = charge.campaign_guid
         where message_guid = $1 and state = 'wanted') as charge,
       (select jsonb_build_object('key', guid, 'channel', channel, 'msisdn', msisdn, 'text', text, 'senderAlias', sender_alias)
         from sms_text where message_guid = $1 and state = 'wanted') as text`,
    [messageGuid],
  );
  return { charge: left?.charge ? chargeOf(left.charge) : null, text: left?.text ?? null };
}

/** A charge as the gateway is asked for it. */
export function chargeOf({ key, channel, msisdn, reference, fields }: WantedCharge): Charge {
  const money = (amount: number | null) => (hundredthsOf(decimalOf(amount ?? 0)) / 100).toFixed(2);
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
