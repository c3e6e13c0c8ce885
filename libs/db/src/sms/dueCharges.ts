import { type Database } from '@muster/core/database';
import { ChargeLost, type DueCharges, type DueClaim, type DueLease } from '@muster/messaging/dueCharges';
import { beginDue } from './beginDue.ts';
import { lockDueCharge } from './lockDueCharge.ts';
import { giveUpDue, settleDue } from './settleDue.ts';
import { takeCrashBack } from './takeCrashBack.ts';

interface DueOptions extends Pick<DueCharges, 'gatewaysOf'> {
  leaseMs: number;
  /** Told of a charge that has cost so many workers that it was given up: somebody must look. */
  onParked?: (parked: DueClaim) => void;
}

/** After so many workers it is given up: it kills them. */
const MOST_CRASHES = 3;

/** The charges that due dates ask for, of all companies, as their workers see them. */
export function dueCharges(db: Database, { gatewaysOf, leaseMs, onParked }: DueOptions): DueCharges {
  return {
    claim: () => claim(db, leaseMs, onParked),
    renew: async (lease) => ((await renew(db, lease, leaseMs)) ? 'held' : 'lost'),
    begin: (lease) => db.transaction(async (tx) => beginDue(tx, lease)),
    noteUnasked: (lease) => write(db, lease, { set: 'asked_at = null' }),
    settle: (lease, outcome) =>
      db.transaction(async (tx) => settleDue(tx, await lockDueCharge(tx, lease), fromGateway(outcome))),
    giveUp: (lease, error) => db.transaction(async (tx) => giveUpDue(tx, await lockDueCharge(tx, lease), error)),
    postpone: (lease, delayMs) =>
      write(db, lease, {
        set: `held = false, first_failed_at = coalesce(first_failed_at, clock_timestamp()),
          take_at = clock_timestamp() + $3 * interval '1 ms'`,
        values: [delayMs],
      }),
    release: (lease) =>
      write(db, lease, { set: 'held = false, tries = greatest(tries - 1, 0), take_at = clock_timestamp()' }),
    takeCrashBack: ({ chargeGuid: guid, attempt }) => takeCrashBack(db, { table: 'sms_charge', guid, attempt }),
    gatewaysOf,
  };
}

function fromGateway<Outcome extends { outcome: string }>(outcome: Outcome): Outcome & { by: 'gateway' } {
  return { ...outcome, by: 'gateway' };
}

interface ClaimedRow extends DueClaim {
  crashes: number;
}

const CLAIM = `
  with next as (
    select guid from sms_charge where state = 'wanted' and message_guid is null and take_at <= statement_timestamp()
    order by take_at limit 1 for no key update skip locked
  )
  update sms_charge charge set attempt = attempt + 1, tries = tries + 1, crashes = crashes + held::int, held = true,
    take_at = clock_timestamp() + $1 * interval '1 ms'
  from next where charge.guid = next.guid
  returning charge.guid as "chargeGuid", company_id as "companyId", attempt, tries, crashes,
    coalesce(extract(epoch from clock_timestamp() - first_failed_at) * 1000, 0)::float8 as "failingForMs"`;

async function claim(db: Database, leaseMs: number, onParked?: (parked: DueClaim) => void) {
  for (;;) {
    const [row] = await db.query<ClaimedRow>(CLAIM, [leaseMs]);
    if (!row) return undefined;
    const { crashes, ...claimed } = row;
    if (crashes < MOST_CRASHES) return claimed;
    const message = `it has killed its worker ${crashes} times: look at the worker's log`;
    await db.transaction(async (tx) => giveUpDue(tx, await lockDueCharge(tx, claimed), { code: 'parked', message }));
    onParked?.(claimed); // and look on
  }
}

const HELD = 'guid = $1 and attempt = $2 and settled_at is null';

async function renew(db: Database, { chargeGuid, attempt }: DueLease, leaseMs: number): Promise<boolean> {
  const set = `update sms_charge set take_at = clock_timestamp() + $3 * interval '1 ms' where ${HELD} and held`;
  return (await db.execute(set, [chargeGuid, attempt, leaseMs])) > 0;
}

interface Writing {
  set: string;
  values?: unknown[];
}

async function write(db: Database, lease: DueLease, { set, values = [] }: Writing) {
  const parameters = [lease.chargeGuid, lease.attempt, ...values];
  if ((await db.execute(`update sms_charge set ${set} where ${HELD}`, parameters)) === 0) throw new ChargeLost(lease);
}
