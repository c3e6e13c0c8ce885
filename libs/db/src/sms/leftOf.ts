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

interface LeftCharge extends WantedCharge {
  wasAsked: boolean;
  goesOn: boolean;
}

/** What is left to be done for a text, and whether what its charge is for still goes on. */
export interface Left extends MessagePlan {
  goesOn: boolean;
}

/** What is still to be done outside for a text that came in: nothing that was written down as done, or as never to be done. */
export async function leftOf(tx: Database, messageGuid: string): Promise<Left> {
  const [left] = await tx.query<{ charge: LeftCharge | null; text: OutgoingText | null }>(
    `select
       (select jsonb_build_object('key', charge.guid, 'channel', charge.channel, 'msisdn', msisdn,
           'reference', coalesce(subscription_guid, message_guid), 'fields', campaign.fields,
           'wasAsked', asked_at is not null,
           'goesOn', campaign.active and coalesce(subscription.state = 'Pending', true))
         from sms_charge charge join sms_campaign campaign on campaign.guid = charge.campaign_guid
           left join sms_subscription subscription on subscription.guid = charge.subscription_guid
         where message_guid = $1 and charge.state = 'wanted') as charge,
       (select jsonb_build_object('key', guid, 'channel', channel, 'msisdn', msisdn, 'text', text, 'senderAlias', sender_alias)
         from sms_text where message_guid = $1 and state = 'wanted') as text`,
    [messageGuid],
  );
  const { wasAsked, goesOn, ...charge } = left?.charge ?? { wasAsked: false, goesOn: true };
  return { charge: 'key' in charge ? chargeOf(charge) : null, text: left?.text ?? null, wasAsked, goesOn };
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
