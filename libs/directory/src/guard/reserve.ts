import { advisoryLocks } from '@muster/core/advisoryLocks';
import { type Database } from '@muster/core/database';
import { LeaseLost } from '@muster/pipeline/leaseLost';
import { type AudienceScope, type Matching } from '@muster/pipeline/ports';
import { scratchTables } from '../scratchTables.ts';
import { quoteLiteral } from '../sqlText.ts';
import { type Asked, isCounted } from './asked.ts';

/**
 * Waits until no other run of the company is being screened, to the end of the transaction: whoever comes second sees what
 * the first has reserved. As long as it takes; a cancel ends the wait.
 */
export async function lockScreening(tx: Database, companyId: string): Promise<void> {
  await tx.execute(`
    select set_config('muster.lock_timeout', current_setting('lock_timeout'), true), set_config('lock_timeout', '0', true);
    select pg_advisory_xact_lock(${advisoryLocks.screening}, hashtext(${quoteLiteral(companyId)}));
    select set_config('lock_timeout', current_setting('muster.lock_timeout'), true)`);
}

/** SQL for whether a candidate that is let through spends an attempt: its theme and channel are counted by some pack. */
export function spendsAttempt({ theme, channel, packs: { packs } }: Asked): string {
  const channels = packs.flatMap(({ frequency }) => frequency.flatMap((limit) => limit.channels));
  if (!isCounted(theme) || channels.length === 0) return 'false';
  return `${channel} in (${[...new Set(channels)].map((each) => `'${each}'`).join(', ')})`;
}

/**
 * Reserves what the run hands over, one attempt for each loan (else person) and channel, as of this moment: the run may have
 * waited since `matching.now`. What an earlier attempt or generation of the run had reserved is given back, at the same
 * moment for everybody else. Throws LeaseLost where the run has ended meanwhile, or another attempt is at work.
 */
export async function reserve(tx: Database, scope: AudienceScope, matching: Matching): Promise<void> {
  const { matched } = scratchTables(scope);
  const { now, exporter, guard } = matching;
  await tx.execute('update reservation_set set released_at = $2 where run_id = $1 and released_at is null', [
    scope.runId,
    now,
  ]);
  const [set] = await tx.query<{ key: string }>(
    `insert into reservation_set (company_id, run_id, theme, reserved_at, expires_at)
     select $2, $1, $3, moment, moment + make_interval(hours => $5)
     from (select $4::timestamptz + (clock_timestamp() - transaction_timestamp()) as moment offset 0) reserving
     returning key`,
    [scope.runId, scope.companyId, exporter.checkCanInteractData?.theme, now, guard.reservationHours],
  );
  await tx.execute(
    `insert into reservation (set_key, company_id, person_key, loan_key, channel)
     select distinct $1::bigint, $2::text, person_key, loan_key, spends
     from ${matched} where reasons is null and spends is not null order by person_key`,
    [set?.key, scope.companyId],
  );
  await expectWanted(tx, scope);
}

// Last of all, because a cancel waits for it: whoever ends the run after this finds what is reserved, and gives it back.
async function expectWanted(tx: Database, { runId, attempt }: AudienceScope) {
  const [run] = await tx.query<{ ended: boolean }>(
    `select status in ('failed', 'canceled') as ended from run where id = $1 for share`,
    [runId],
  );
  if (!run) throw new Error(`run ${runId} cannot reserve: it is not stored`);
  const later = await tx.query(`select from run_step where run_id = $1 and name = 'filter' and attempt > $2`, [
    runId,
    attempt,
  ]);
  if (run.ended || later.length > 0) throw new LeaseLost(runId, 'filter', attempt);
}
