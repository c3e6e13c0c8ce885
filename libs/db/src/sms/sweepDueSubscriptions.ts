import { type Database } from '@muster/core/database';
import { type DuePlan, type DueSubscription, planDue } from './planDue.ts';

interface LockedSubscription extends DueSubscription {
  guid: string;
}

interface Planned {
  guid: string;
  plan: DuePlan;
}

/** A subscription that could not be looked at, and why. */
export interface FailedSubscription {
  subscriptionGuid: string;
  error: unknown;
}

const PUT_OFF_MS = 60_000;

/**
 * Records the due dates of subscriptions that have come, of `limit` subscriptions at most, the charges that they ask for, and
 * when each is due next: all in one transaction, in sets. Any number of processes may do so at a time: those that another one
 * has are left to it, and a date of a subscription is a key of the table.
 */
export async function sweepDueSubscriptions(db: Database, { limit }: { limit: number }) {
  return db.transaction(async (tx) => {
    const now = await tx.now();
    const guids = await lockDue(tx, now, limit);
    const failed: FailedSubscription[] = [];
    const planned: Planned[] = [];
    for (const { guid, ...subscription } of await readDue(tx, guids)) {
      try {
        planned.push({ guid, plan: planDue(subscription, now) });
      } catch (error) {
        failed.push({ subscriptionGuid: guid, error }); // it must not hold up all others
      }
    }
    await recordSlots(tx, planned);
    await moveOn(tx, planned);
    await putOff(tx, failed, now);
    return { looked: guids.length, due: planned.flatMap(dueOf).length, failed };
  });
}

async function lockDue(tx: Database, now: Date, limit: number): Promise<string[]> {
  const rows = await tx.query<{ guid: string }>(
    `select guid from sms_subscription where state = 'Active' and next_due_at <= $1
     order by next_due_at limit $2 for no key update skip locked`,
    [now, limit],
  );
  return rows.map(({ guid }) => guid);
}

/** What is read after they are locked is not changed by others any more: a charge is begun and settled under the same lock. */
function readDue(tx: Database, guids: string[]): Promise<LockedSubscription[]> {
  return tx.query<LockedSubscription>(
    `select subscription.guid, start_date::text as "startDate", schedule, next_due_date::text as "nextDueDate",
       coalesce(company.sms ->> 'timeZone', 'Europe/Copenhagen') as "timeZone", expires_after_date::text as "expiresAfterDate",
       pursued > 0 as "isPursued", coalesce(before.is_open, false) as "isOpen", before.charged_at as "chargedAt"
     from sms_subscription subscription join sms_agreement agreement on agreement.guid = subscription.agreement_guid
       join company on company.id = subscription.company_id
       cross join lateral (
         select bool_or(state = 'wanted' and asked_at is not null) as is_open,
           max(settled_at) filter (where state in ('charged', 'unknown')) as charged_at
         from sms_charge where subscription_guid = subscription.guid and due_date is not null
       ) before
     where subscription.guid = any ($1::uuid[])`,
    [guids],
  );
}

function dueOf({ guid, plan }: Planned) {
  return plan.slots.filter(({ state }) => state === 'due').map(({ date }) => ({ guid, date }));
}

async function recordSlots(tx: Database, planned: Planned[]) {
  const slots = planned.flatMap(({ guid, plan }) => plan.slots.map((slot) => ({ guid, ...slot })));
  if (slots.length === 0) return;
  await dropOvertaken(tx, planned.flatMap(dueOf));
  await tx.execute(
    `with come as (
       insert into sms_due (subscription_guid, due_date, due_at, state)
       select * from unnest($1::uuid[], $2::date[], $3::timestamptz[], $4::text[])
       on conflict do nothing returning subscription_guid, due_date, state
     )
     insert into sms_charge (company_id, subscription_guid, due_date, campaign_guid, service_guid, channel, msisdn, month,
       amount_total, currency_code)
     select subscription.company_id, subscription.guid, come.due_date, campaign.guid,
       coalesce(campaign.agreement_guid, campaign.guid), subscription.channel, contact.msisdn,
       to_char(come.due_date, 'YYYY-MM'), round(coalesce((campaign.fields ->> 'amountTotal')::numeric, 0) * 100)::int,
       campaign.fields ->> 'currencyCode'
     from come join sms_subscription subscription on subscription.guid = come.subscription_guid
       join sms_contact contact on contact.guid = subscription.contact_guid
       join sms_campaign campaign on campaign.guid = subscription.campaign_guid
     where come.state = 'due' on conflict do nothing`,
    [
      ...[slots.map(({ guid }) => guid), slots.map(({ date }) => date)],
      ...[slots.map(({ at }) => at), slots.map(({ state }) => state)],
    ],
  );
}

/** An earlier date that no worker has come to yet is missed now: the later one is charged. */
async function dropOvertaken(tx: Database, due: { guid: string; date: string }[]) {
  await tx.execute(
    `with overtaken as (
       update sms_charge charge set state = 'refused', refusal_code = 'overtaken', settled_at = clock_timestamp()
       from unnest($1::uuid[], $2::date[]) as due (guid, due_date)
       where charge.subscription_guid = due.guid and charge.due_date < due.due_date and charge.due_date is not null
         and charge.state = 'wanted' and charge.asked_at is null
       returning charge.subscription_guid, charge.due_date
     )
     update sms_due set state = 'missed' from overtaken
     where sms_due.subscription_guid = overtaken.subscription_guid and sms_due.due_date = overtaken.due_date`,
    [due.map(({ guid }) => guid), due.map(({ date }) => date)],
  );
}

async function moveOn(tx: Database, planned: Planned[]) {
  await tx.execute(
    `update sms_subscription subscription set next_due_date = moved.next_date, next_due_at = moved.look_at,
       state = case when moved.is_expired then 'Expired' else state end
     from unnest($1::uuid[], $2::date[], $3::timestamptz[], $4::boolean[]) as moved (guid, next_date, look_at, is_expired)
     where subscription.guid = moved.guid`,
    [
      ...[planned.map(({ guid }) => guid), planned.map(({ plan }) => plan.nextDate)],
      ...[planned.map(({ plan }) => plan.lookAt), planned.map(({ plan }) => plan.isExpired)],
    ],
  );
}

async function putOff(tx: Database, failed: FailedSubscription[], now: Date) {
  if (failed.length === 0) return;
  await tx.execute('update sms_subscription set next_due_at = $2 where guid = any ($1::uuid[])', [
    failed.map(({ subscriptionGuid }) => subscriptionGuid),
    new Date(now.getTime() + PUT_OFF_MS),
  ]);
}
