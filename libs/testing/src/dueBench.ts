import { randomBytes } from 'node:crypto';
import { type Database } from '@muster/core/database';
import { openSecretBox } from '@muster/core/secretBox';
import { readGateways } from '@muster/db/sms/companyGateways';
import { dueCharges } from '@muster/db/sms/dueCharges';
import { chargeMoment } from '@muster/db/sms/nextDue';
import { sweepDueSubscriptions } from '@muster/db/sms/sweepDueSubscriptions';
import { chargeDue, type DueDeps } from '@muster/messaging/chargeDue';
import { type ScheduleFields } from '@muster/messaging/smsCampaign';
import { movedClock } from './movedClock.ts';
import { smsBench, testMessageLeaseMs } from './smsBench.ts';

type SmsBench = Awaited<ReturnType<typeof smsBench>>;

const never = new AbortController().signal;
const ZONE = 'Europe/Copenhagen';

interface Subscribed {
  nextDue: string;
  start?: string;
  expires?: string | null;
  paymentRequired?: boolean;
  amount?: number;
  schedule?: Partial<ScheduleFields>;
  /** How many, of the numbers 4530000001 onwards. */
  count?: number;
}

interface StoredCharge {
  dueDate: string;
  pursuit: number;
  state: string;
  refusalCode: string | null;
  /** The day from which on it may be taken, by the organisation's calendar. */
  takeDate: string;
}

/** The bench of texts, with subscriptions whose due dates come when the test says so. */
export async function dueBench() {
  const bench = await smsBench();
  const { db, payments, log } = bench;
  const box = openSecretBox({ key: randomBytes(32).toString('base64') });
  const times = { leaseMs: testMessageLeaseMs, heartbeatMs: 50 };
  /** What a worker works with at ten o'clock and a minute of a day. */
  const depsAt = (day: string): DueDeps => ({
    charges: dueCharges(movedClock(db, momentOf(day)), {
      gatewaysOf: (id) => readGateways(db, box, id),
      leaseMs: testMessageLeaseMs,
    }),
    ...{ payments, log, times },
  });
  const chargeAll = async (day: string, change: Partial<DueDeps> = {}) => {
    const deps = { ...depsAt(day), ...change };
    for (let charged = 0; ; charged++) {
      const claim = await deps.charges.claim();
      if (!claim) return charged;
      await chargeDue(claim, deps, never);
    }
  };
  const sweep = (day: string, limit = 100) => sweepDueSubscriptions(movedClock(db, momentOf(day)), { limit });
  return {
    ...{ ...bench, depsAt, chargeAll, sweep },
    /** Subscriptions that are active already; gives the shortcode of their campaign. */
    subscribe: (wanted: Subscribed) => subscribe(bench, wanted),
    /** What happens on a day: what is due is recorded and charged. */
    live: async (day: string) => {
      await sweep(day);
      return chargeAll(day);
    },
    /** Lets all charges be taken now. */
    hurryCharges: () =>
      db.execute(
        `update sms_charge set take_at = clock_timestamp() - interval '1 s' where state = 'wanted' and message_guid is null`,
      ),
    ...storedIn(db),
  };
}

async function subscribe(
  bench: SmsBench,
  { nextDue, start = nextDue, expires = null, count = 1, ...campaign }: Subscribed,
) {
  const { schedule = {}, paymentRequired = false, amount = 20 } = campaign;
  const { channel, campaignGuid, keywordGuid } = await bench.campaignOnShortcode({
    ...{ serviceType: 'Recurring', type: 'Shared', replyText: 'Thank you for [amount]', schedule },
    ...{ paymentRequired, amount, amountTotal: amount },
  });
  await bench.company.execute(
    `with contact as (
       insert into sms_contact (company_id, msisdn) select $1, (4530000000 + n)::text from generate_series(1, $2::int) n
       on conflict (company_id, msisdn) do update set msisdn = excluded.msisdn returning guid
     )
     insert into sms_subscription (company_id, contact_guid, agreement_guid, campaign_guid, keyword_guid, channel, state,
       start_date, next_due_date, next_due_at, expires_after_date)
     select $1, contact.guid, campaign.agreement_guid, campaign.guid, $3, $4, 'Active', $5, $6, $7, $8
     from contact, sms_campaign campaign where campaign.guid = $9`,
    [
      ...[bench.companyId, count, keywordGuid, channel, start, nextDue, chargeMoment(nextDue, ZONE)],
      ...[expires, campaignGuid],
    ],
  );
  return { channel, campaignGuid };
}

/** What is stored of due dates, as tests look at it. */
function storedIn(db: Database) {
  return {
    slots: () =>
      db.query<{ dueDate: string; state: string }>(
        `select due_date::text as "dueDate", state from sms_due order by due_date`,
      ),
    charges: () =>
      db.query<StoredCharge>(
        `select due_date::text as "dueDate", pursuit, state, refusal_code as "refusalCode",
           (take_at at time zone '${ZONE}')::date::text as "takeDate"
         from sms_charge where due_date is not null order by due_date, pursuit`,
      ),
    notices: async () =>
      (await db.query<{ text: string }>(`select text from sms_text where kind = 'notice'`)).map(({ text }) => text),
    subscription: async () => {
      const [row] = await db.query(
        `select state, next_due_date::text as "nextDueDate", error_code as "errorCode", pursued, cancel_code as "cancelCode",
           cancelled_at is not null as "isCancelled" from sms_subscription`,
      );
      return row;
    },
  };
}

function momentOf(day: string) {
  return new Date(chargeMoment(day, ZONE).getTime() + 60_000);
}
