import { type CalendarDate, dateIn } from '@muster/core/calendarDate';
import { type Database } from '@muster/core/database';
import { type ChargeOutcome } from '@muster/messaging/gateways';
import { type ScheduleFields } from '@muster/messaging/smsCampaign';
import { smsErrors, type SmsName } from '@muster/messaging/smsErrors';
import { CAMPAIGN, type CandidateCampaign } from './deciding.ts';
import { nextDue } from './nextDue.ts';
import { noteError } from './noteError.ts';
import { planReply } from './planReply.ts';

interface SettledCharge {
  guid: string;
  companyId: string;
  messageGuid: string | null;
  channel: string;
  msisdn: string;
  timeZone: string;
  keyword: string;
  campaign: CandidateCampaign;
  subscription: { guid: string; startDate: CalendarDate; schedule: ScheduleFields } | null;
}

/**
 * Writes down what became of a charge that a text has asked for, and what follows: a charged one is answered, and its
 * subscription begins; a refused one is thanked for by nobody. In the caller's transaction; once.
 */
export async function settleCharge(tx: Database, guid: string, outcome: ChargeOutcome): Promise<void> {
  const isCharged = outcome.outcome === 'charged';
  const changed = await tx.execute(
    `update sms_charge set state = $2, gateway_id = $3, refusal_code = $4, settled_at = clock_timestamp()
     where guid = $1 and state = 'wanted'`,
    [guid, outcome.outcome, isCharged ? outcome.gatewayId : null, isCharged ? null : outcome.code],
  );
  if (changed === 0) return; // it has been settled: what follows was written down then
  const charge = await readCharge(tx, guid);
  if (!isCharged) return refuse(tx, charge, outcome.code === 'chargeNotUnderstood' ? outcome.code : 'paymentRefused');
  if (charge.subscription) await begin(tx, charge.subscription, charge.timeZone);
  if (charge.messageGuid === null) return;
  const { keyword, campaign } = charge;
  await planReply(
    tx,
    { ...charge, guid: charge.messageGuid },
    { kind: 'reply', keyword: { keyword, campaign, idleText: null } },
  );
}

/** What a person has found out of a charge. */
export interface Finding {
  outcome: 'charged' | 'refused';
  /** The key of who says so. */
  by: string;
}

/**
 * Writes down what a person says of a charge of which nobody knew what became: a subscription that waits for it begins, or does
 * not. So late nobody is sent a text. In the caller's transaction; once.
 */
export async function settleByHand(tx: Database, guid: string, { outcome, by }: Finding): Promise<void> {
  const changed = await tx.execute(
    `update sms_charge set state = $2, settled_by = $3, settled_at = clock_timestamp() where guid = $1 and state = 'unknown'`,
    [guid, outcome, by],
  );
  if (changed === 0) return;
  const charge = await readCharge(tx, guid);
  if (outcome === 'refused') return refuse(tx, charge, 'paymentRefused');
  if (charge.subscription) await begin(tx, charge.subscription, charge.timeZone);
}

async function readCharge(tx: Database, guid: string): Promise<SettledCharge> {
  const [charge] = await tx.query<SettledCharge>(
    `select charge.guid, charge.company_id as "companyId", charge.message_guid as "messageGuid", charge.channel, charge.msisdn,
       coalesce(company.sms ->> 'timeZone', 'Europe/Copenhagen') as "timeZone", coalesce(keyword.keyword, '') as keyword,
       ${CAMPAIGN} as campaign,
       case when subscription.guid is not null then jsonb_build_object('guid', subscription.guid,
         'startDate', subscription.start_date, 'schedule', agreement.schedule) end as subscription
     from sms_charge charge join company on company.id = charge.company_id
       join sms_campaign campaign on campaign.guid = charge.campaign_guid
       left join sms_message message on message.guid = charge.message_guid
       left join sms_subscription subscription on subscription.guid = charge.subscription_guid
       left join sms_agreement agreement on agreement.guid = subscription.agreement_guid
       left join sms_keyword keyword on keyword.guid = coalesce(message.keyword_guid, subscription.keyword_guid)
     where charge.guid = $1`,
    [guid],
  );
  if (!charge) throw new Error('a charge has vanished');
  return charge;
}

async function begin(
  tx: Database,
  { guid, startDate, schedule }: NonNullable<SettledCharge['subscription']>,
  timeZone: string,
) {
  const after = dateIn(timeZone, await tx.now());
  const next = nextDue(schedule, { start: startDate, after, timeZone });
  await tx.execute(
    `update sms_subscription set state = 'Active', next_due_date = $2, next_due_at = $3 where guid = $1 and state = 'Pending'`,
    [guid, next?.date ?? null, next?.at ?? null],
  );
}

/** Writes down that a charge of which no gateway was asked is not made, and why, in the caller's transaction. */
export async function refuseUnasked(tx: Database, guid: string, name: SmsName): Promise<void> {
  const set = `update sms_charge set state = 'refused', refusal_code = $2, settled_at = clock_timestamp() where guid = $1`;
  await tx.execute(set, [guid, name]);
  await refuse(tx, await readCharge(tx, guid), name);
}

async function refuse(tx: Database, { messageGuid, subscription }: SettledCharge, name: SmsName) {
  const { code, meaning: message } = smsErrors[name];
  if (messageGuid !== null) await noteError(tx, messageGuid, { code, message });
  if (!subscription) return;
  await tx.execute(
    `update sms_subscription set state = 'Inactive', error_code = $2, error_description = $3 where guid = $1 and state = 'Pending'`,
    [subscription.guid, code, 'the first charge was not made'],
  );
}
