import { type Database } from '@muster/core/database';
import { type ChargeOutcome } from '@muster/messaging/gateways';
import {
  type Inbox,
  type MessageClaim,
  type MessageLease,
  MessageLost,
  type AnsweredText,
} from '@muster/messaging/inbox';
import { beginCharge } from './beginCharge.ts';
import { decideMessage } from './decideMessage.ts';
import { type LockedMessage } from './deciding.ts';
import { leftOf } from './leftOf.ts';
import { ORGANISATION, organisationOf, type StoredOrganisation } from './organisation.ts';
import { settleCharge } from './settleCharge.ts';
import { takeCrashBack } from './takeCrashBack.ts';

interface InboxOptions extends Pick<Inbox, 'gatewaysOf'> {
  leaseMs: number;
  /** Told of a text that has cost so many workers that it was given up: somebody must look. */
  onParked?: (parked: MessageClaim) => void;
}

/** After so many workers it is given up: it kills them. */
const MOST_CRASHES = 3;

/** The texts that came in, of all companies, as their workers see them. */
export function inbox(db: Database, { gatewaysOf, leaseMs, onParked }: InboxOptions): Inbox {
  return {
    claim: () => claim(db, leaseMs, onParked),
    renew: async (lease) => ((await renew(db, lease, leaseMs)) ? 'held' : 'lost'),
    plan: (lease) =>
      db.transaction(async (tx) => {
        const message = await lockMessage(tx, lease);
        if (!message.isDecided) await decideMessage(tx, message);
        return beginCharge(tx, message, await leftOf(tx, message.guid));
      }),
    noteUnasked: (lease, { key }) => noteUnasked(db, lease, key),
    noteCharge: (lease, { key }, outcome) => noteCharge(db, lease, { key, outcome }),
    finish: (lease, answered) => finish(db, lease, answered),
    giveUp: (lease, error) => giveUp(db, lease, error),
    postpone: (lease, delayMs) => postpone(db, lease, delayMs),
    release: (lease) =>
      write(db, lease, { set: 'held = false, tries = greatest(tries - 1, 0), take_at = clock_timestamp()' }),
    takeCrashBack: ({ messageGuid: guid, attempt }) => takeCrashBack(db, { table: 'sms_message', guid, attempt }),
    gatewaysOf,
  };
}

interface ClaimedRow extends MessageClaim {
  crashes: number;
}

// One that a worker has is not before the end of its lease, and those of its number are behind it. The planner's idea of what
// is open is of a quiet day, when any way is short: `offset 0` leaves it only the one that is short in a surge, too. Of
// those behind all but a few are put off, so that no claim has to look past thousands of one number; whoever settles one lets the
// next one come.
const FEW = 20;
const CLAIM = `
  with next as (
    select guid from sms_message message
    where state = 'Received' and take_at <= statement_timestamp()
      and not exists (select from sms_message earlier where earlier.company_id = message.company_id
        and earlier.msisdn = message.msisdn and earlier.processed_at is null and earlier.number < message.number offset 0)
    order by take_at, number limit 1 for no key update skip locked
  ), taken as (
    update sms_message message set attempt = attempt + 1, tries = tries + 1, crashes = crashes + held::int, held = true,
      take_at = clock_timestamp() + $1 * interval '1 ms'
    from next where message.guid = next.guid
    returning message.*
  ), behind as (
    update sms_message after set take_at = clock_timestamp() + interval '10 min'
    from taken cross join lateral (
      select guid from sms_message open where open.company_id = taken.company_id and open.msisdn = taken.msisdn
        and open.processed_at is null and open.number > taken.number and open.take_at <= statement_timestamp()
      order by open.number offset ${FEW}
    ) as later
    where after.guid = later.guid
  )
  select guid as "messageGuid", company_id as "companyId", attempt, tries, crashes,
    coalesce(extract(epoch from clock_timestamp() - first_failed_at) * 1000, 0)::float8 as "failingForMs"
  from taken`;

/** Of a statement that settles a text, as `settled`: the next one of its number may be taken. */
const NEXT_COMES = `following as (
  update sms_message after set take_at = clock_timestamp()
  from settled cross join lateral (
    select guid from sms_message open where open.company_id = settled.company_id and open.msisdn = settled.msisdn
      and open.processed_at is null and open.number > settled.number order by open.number limit 1
  ) as next
  where after.guid = next.guid and after.take_at > clock_timestamp()
)`;

async function claim(db: Database, leaseMs: number, onParked?: (parked: MessageClaim) => void) {
  for (;;) {
    const [row] = await db.query<ClaimedRow>(CLAIM, [leaseMs]);
    if (!row) return undefined;
    const { crashes, ...claimed } = row;
    if (crashes < MOST_CRASHES) return claimed;
    const message = `it has killed its worker ${crashes} times: look at the worker's log`;
    await giveUp(db, claimed, { code: 'parked', message });
    onParked?.(claimed); // and look on
  }
}

async function renew(db: Database, { messageGuid, attempt }: MessageLease, leaseMs: number): Promise<boolean> {
  const set = `update sms_message set take_at = clock_timestamp() + $3 * interval '1 ms' where ${HELD}`;
  return (await db.execute(set, [messageGuid, attempt, leaseMs])) > 0;
}

const HELD = 'guid = $1 and attempt = $2 and held';

interface Writing {
  set: string;
  values?: unknown[];
}

async function write(db: Database, lease: MessageLease, { set, values = [] }: Writing) {
  const held = await db.execute(`update sms_message set ${set} where ${HELD}`, [
    lease.messageGuid,
    lease.attempt,
    ...values,
  ]);
  if (held === 0) throw new MessageLost(lease);
}

/**
 * Keeps a text, and its number, for the rest of the transaction: the limits of a number are of all that it is charged, and it
 * signs up once. What is read afterwards is as whoever had the number before has left it.
 */
async function lockMessage(tx: Database, lease: MessageLease): Promise<LockedMessage> {
  const [message] = await tx.query<LockedMessage & { organisation: StoredOrganisation }>(
    `select guid, company_id as "companyId", channel, msisdn, received_text as text, decided_at is not null as "isDecided",
       ${ORGANISATION} as organisation, clock_timestamp() as now,
       pg_advisory_xact_lock(hashtext(company_id), hashtext(msisdn))
     from sms_message message join company on company.id = company_id where ${HELD} for no key update of message`,
    [lease.messageGuid, lease.attempt],
  );
  if (!message) throw new MessageLost(lease);
  return { ...message, organisation: organisationOf(message.organisation) };
}

function noteCharge(db: Database, lease: MessageLease, { key, outcome }: { key: string; outcome: ChargeOutcome }) {
  return db.transaction(async (tx) => {
    const { guid } = await lockMessage(tx, lease);
    await settleCharge(tx, key, outcome);
    return leftOf(tx, guid);
  });
}

async function noteUnasked(db: Database, { messageGuid, attempt }: MessageLease, key: string) {
  const taken = await db.execute(
    `update sms_charge set asked_at = null from sms_message message
     where sms_charge.guid = $3 and message_guid = message.guid and sms_charge.state = 'wanted'
       and message.guid = $1 and message.attempt = $2 and message.held`,
    [messageGuid, attempt, key],
  );
  if (taken === 0) throw new MessageLost({ messageGuid, attempt });
}

/** Settles it, with what became of its answer: all of it, or nothing where another attempt has it. */
async function finish(db: Database, lease: MessageLease, answered?: AnsweredText) {
  const { gatewayId, code } = { gatewayId: null, code: null, ...answered?.outcome };
  // a text whose charge or answer was refused has met an error: that of the charge was written down with it
  const held = await db.query(
    `with settled as (
       update sms_message set state = case when coalesce($3, error_code) is null then 'Processed' else 'Error' end,
         error_code = coalesce($3, error_code), error_description = coalesce($4, error_description),
         processed_at = clock_timestamp(), held = false
       where ${HELD} returning *
     ), answered as (
       update sms_text text set state = $6, gateway_id = $7, error_code = $3, settled_at = clock_timestamp()
       from settled where text.guid = $5 and text.state = 'wanted'
     ), ${NEXT_COMES}
     select from settled`,
    [
      ...[lease.messageGuid, lease.attempt, code, code && 'the gateway will never send the answer'],
      ...[answered?.text.key ?? null, answered?.outcome.outcome ?? null, gatewayId],
    ],
  );
  if (held.length === 0) throw new MessageLost(lease);
}

const GIVEN_UP = `format('a text that came in was given up: GET /sms/SmsMO/%s says why. Others of the campaign that are given up '
  'today for the same reason raise no further alert: look for message.givenUp and message.parked in the logs of the workers', guid)`;

/**
 * Of a charge that the gateway may have been asked for nobody knows what came; any other was not made, and nothing begins. A person
 * is told.
 */
async function giveUp(db: Database, lease: MessageLease, { code, message }: { code: string; message: string }) {
  const held = await db.query(
    `with settled as (
       update sms_message set state = 'Error', processed_at = clock_timestamp(), held = false, error_code = $3,
         error_description = $4
       where ${HELD} returning *
     ), ended as (
       update sms_charge charge set state = case when asked_at is null then 'refused' else 'unknown' end,
         refusal_code = case when asked_at is null then $3 end, settled_at = clock_timestamp()
       from settled where charge.message_guid = settled.guid and charge.state = 'wanted' returning charge.*
     ), unbegun as (
       update sms_subscription subscription set state = 'Inactive', error_code = $3, error_description = $4 from ended
       where subscription.guid = ended.subscription_guid and ended.state = 'refused' and subscription.state = 'Pending'
     ), ${NEXT_COMES}
     select raise_alert_of_texts(company_id, 'message.givenUp', campaign_guid, error_code, ${GIVEN_UP}) from settled`,
    [lease.messageGuid, lease.attempt, code, message],
  );
  if (held.length === 0) throw new MessageLost(lease);
}

/** With those of its number: they wait behind it, and nobody should look at them meanwhile. */
async function postpone(db: Database, lease: MessageLease, delayMs: number) {
  const changed = await db.execute(
    `with late as (
       update sms_message set held = false, first_failed_at = coalesce(first_failed_at, clock_timestamp()),
         take_at = clock_timestamp() + $3 * interval '1 ms' where ${HELD}
       returning company_id, msisdn, number, take_at
     ), behind as (
       update sms_message after set take_at = greatest(after.take_at, late.take_at) from late
       where after.company_id = late.company_id and after.msisdn = late.msisdn and after.processed_at is null
         and after.number > late.number
     )
     select from late`,
    [lease.messageGuid, lease.attempt, delayMs],
  );
  if (changed === 0) throw new MessageLost(lease);
}
