import { type Database } from '@muster/core/database';
import { type OutgoingText } from '@muster/messaging/gateways';
import { type TextOutcome } from '@muster/messaging/inbox';
import { type Outbox, type TextClaim, type TextLease, TextLost } from '@muster/messaging/outbox';
import { takeCrashBack } from './takeCrashBack.ts';

interface OutboxOptions extends Pick<Outbox, 'gatewaysOf'> {
  leaseMs: number;
  /** Told of a text that has cost so many workers that it was given up: somebody must look. */
  onParked?: (parked: TextLease & { companyId: string }) => void;
}

/** After so many workers it is given up: it kills them. */
const MOST_CRASHES = 3;

/** The texts that answer none that came in, of all companies, as their workers see them. */
export function outbox(db: Database, { gatewaysOf, leaseMs, onParked }: OutboxOptions): Outbox {
  return {
    claim: () => claim(db, leaseMs, onParked),
    renew: (lease) => renew(db, lease, leaseMs),
    note: (lease, outcome) => note(db, lease, outcome),
    postpone: (lease, delayMs) =>
      write(db, lease, {
        set: `held = false, first_failed_at = coalesce(first_failed_at, clock_timestamp()),
          take_at = clock_timestamp() + $3 * interval '1 ms'`,
        values: [delayMs],
      }),
    release: (lease) =>
      write(db, lease, { set: 'held = false, tries = greatest(tries - 1, 0), take_at = clock_timestamp()' }),
    takeCrashBack: ({ textGuid: guid, attempt }) => takeCrashBack(db, { table: 'sms_text', guid, attempt }),
    gatewaysOf,
  };
}

interface ClaimedRow extends Omit<TextClaim, 'text'>, Omit<OutgoingText, 'key'> {
  crashes: number;
}

const CLAIM = `
  with next as (
    select guid from sms_text where state = 'wanted' and message_guid is null and take_at <= statement_timestamp()
    order by take_at, created_at limit 1 for no key update skip locked
  )
  update sms_text item set attempt = attempt + 1, tries = tries + 1, crashes = crashes + held::int, held = true,
    take_at = clock_timestamp() + $1 * interval '1 ms'
  from next where item.guid = next.guid
  returning item.guid as "textGuid", company_id as "companyId", attempt, tries, crashes, channel, msisdn, text,
    sender_alias as "senderAlias",
    coalesce(extract(epoch from clock_timestamp() - first_failed_at) * 1000, 0)::float8 as "failingForMs"`;

async function claim(
  db: Database,
  leaseMs: number,
  onParked: OutboxOptions['onParked'],
): Promise<TextClaim | undefined> {
  for (;;) {
    const [row] = await db.query<ClaimedRow>(CLAIM, [leaseMs]);
    if (!row) return undefined;
    const { crashes, channel, msisdn, text, senderAlias, ...claimed } = row;
    if (crashes < MOST_CRASHES)
      return { ...claimed, text: { key: claimed.textGuid, channel, msisdn, text, senderAlias } };
    await note(db, claimed, { outcome: 'refused', code: 'parked' });
    onParked?.(claimed); // and look on
  }
}

const HELD = 'guid = $1 and attempt = $2 and settled_at is null';

async function renew(db: Database, { textGuid, attempt }: TextLease, leaseMs: number): Promise<'held' | 'lost'> {
  const set = `update sms_text set take_at = clock_timestamp() + $3 * interval '1 ms' where ${HELD} and held`;
  return (await db.execute(set, [textGuid, attempt, leaseMs])) > 0 ? 'held' : 'lost';
}

function note(db: Database, lease: TextLease, outcome: TextOutcome): Promise<void> {
  const { gatewayId, code } = { gatewayId: null, code: null, ...outcome };
  const set = 'state = $3, gateway_id = $4, error_code = $5, settled_at = clock_timestamp(), held = false';
  return write(db, lease, { set, values: [outcome.outcome, gatewayId, code] });
}

interface Writing {
  set: string;
  values?: unknown[];
}

async function write(db: Database, lease: TextLease, { set, values = [] }: Writing): Promise<void> {
  const { textGuid, attempt } = lease;
  const held = await db.execute(`update sms_text set ${set} where ${HELD}`, [textGuid, attempt, ...values]);
  if (held === 0) throw new TextLost(lease);
}
