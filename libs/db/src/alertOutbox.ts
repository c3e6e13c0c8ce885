import { type Database } from '@muster/core/database';
import { type SecretBox } from '@muster/core/secretBox';
import { type AlertClaim, type AlertOutbox, type ClaimedAlert } from '@muster/pipeline/alerts';
import { secretKeyReplaced } from './databaseErrors.ts';
import { isPresentKey } from './proveSecretKey.ts';
import { companySecretPlace, type SealedCallee } from './companySettings.ts';

interface ClaimedRow extends Omit<ClaimedAlert, 'url' | 'readSecret'> {
  /** Null: the company has named none, or took it away since. */
  callee: SealedCallee | null;
}

// Of each company the oldest first, and of all companies their first ones first: a backlog holds up nobody else's.
const CLAIM = `
  with due as (
    select id from alert
    where webhook = 'pending' and next_try_at <= $1 and id = any (array(
      select one.id
      from (select distinct company_id from alert where webhook = 'pending' and next_try_at <= $1) as company
      cross join lateral (
        select id, next_try_at, row_number() over (order by next_try_at, id) as place
        from (select id, next_try_at from alert
          where alert.company_id = company.company_id and webhook = 'pending' and next_try_at <= $1
          order by next_try_at, id limit $2) as first) as one
      order by one.place, one.next_try_at limit $3))
    for update skip locked
  )
  update alert set
    tries = alert.tries + 1,
    next_try_at = case when company.alert_webhook is not null then $1::timestamptz + $4 * interval '1 ms' end,
    webhook = case when company.alert_webhook is not null then 'pending' else 'none' end
  from due, company
  where alert.id = due.id and company.id = alert.company_id
  returning alert.id, alert.company_id as "companyId", alert.kind, alert.campaign_id as "campaignId",
    alert_campaign_name(alert.campaign_id) as "campaignName",
    alert.run_id as "runId", alert.file, alert.slots, alert.due_date::text as "dueDate", alert.code, alert.message,
    alert.created_at as "createdAt", alert.resolved_at as "resolvedAt", alert.tries, company.alert_webhook as callee,
    $1::timestamptz as "triedAt", alert.next_try_at as "heldUntil"`;

/** The alerts of all companies that wait for a webhook, in PostgreSQL, by the database's clock. */
export function alertOutbox(db: Database, box: SecretBox): AlertOutbox {
  return {
    claim: (wanted) => claim(db, box, wanted),
    noteDelivered: (alert) =>
      record(db, alert, { set: `webhook = 'delivered', next_try_at = null, delivered_at = $3, last_error = null` }),
    postpone: (alert, delayMs, error) =>
      record(db, alert, {
        set: `next_try_at = $3::timestamptz + $4 * interval '1 ms', last_error = $5`,
        values: [delayMs, error],
      }),
    giveUp: (alert, error) =>
      record(db, alert, { set: `webhook = 'dead', next_try_at = null, last_error = $4`, values: [error] }),
  };
}

async function claim(db: Database, box: SecretBox, { limit, perCompany, leaseMs }: AlertClaim) {
  if (!(await isPresentKey(db, box))) throw secretKeyReplaced(); // each would cost its alert a try
  const rows = await db.query<ClaimedRow>(CLAIM, [await db.now(), perCompany, limit, leaseMs]);
  return rows.flatMap(({ callee, ...row }): ClaimedAlert[] => {
    if (!callee) return [];
    const place = companySecretPlace(row.companyId, 'alertWebhook');
    const readSecret = () => (callee.secret === null ? null : box.open(callee.secret, place));
    return [{ ...row, url: callee.url, readSecret }];
  });
}

/** Of a try that another one has overtaken, or a change of the webhook, nothing is recorded: the next one says what came of it. */
async function record(
  db: Database,
  { id, heldUntil }: ClaimedAlert,
  { set, values = [] }: { set: string; values?: unknown[] },
): Promise<void> {
  await db.execute(
    `update alert set ${set} where id = $1 and next_try_at = $2 and webhook = 'pending' and $3::timestamptz is not null`,
    [id, heldUntil, await db.now(), ...values],
  );
}
