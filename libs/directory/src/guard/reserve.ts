import { advisoryLocks } from '@muster/core/advisoryLocks';
import { type Database } from '@muster/core/database';
import { type AudienceScope, type Matching } from '@muster/pipeline/ports';
import { scratchTables } from '../scratchTables.ts';
import { type Asked, isCounted } from './asked.ts';

/**
 * Waits until no other run of the company is being screened, to the end of the transaction: whoever comes second sees what
 * the first has reserved. As long as it takes; a cancel ends the wait.
 */
export async function lockScreening(tx: Database, companyId: string): Promise<void> {
  const [row] = await tx.query<{ limit: string }>(`select current_setting('lock_timeout') as limit`);
  await tx.query(`select set_config('lock_timeout', '0', true)`);
  await tx.query('select pg_advisory_xact_lock($1, hashtext($2))', [advisoryLocks.screening, companyId]);
  await tx.query(`select set_config('lock_timeout', $1, true)`, [row?.limit]);
}

/** SQL for whether a candidate that is let through spends an attempt: its theme and channel are counted by some pack. */
export function spendsAttempt({ theme, channel, packs: { packs } }: Asked): string {
  const channels = packs.flatMap(({ frequency }) => frequency.flatMap((limit) => limit.channels));
  if (!isCounted(theme) || channels.length === 0) return 'false';
  return `${channel} in (${[...new Set(channels)].map((each) => `'${each}'`).join(', ')})`;
}

/**
 * Reserves what the run hands over, one attempt for each loan (else person) and channel; gives back what an earlier
 * attempt or generation of the run had reserved and this one drops. Those that are kept keep their time.
 */
export async function reserve(tx: Database, scope: AudienceScope, matching: Matching): Promise<void> {
  const { checked, matched } = scratchTables(scope);
  const wanted = `
    select distinct r.person_key, r.loan_key, m.spends as channel
    from ${matched} m join ${checked} r on r.line = m.line
    where m.reasons is null and m.spends is not null`;
  await tx.execute(
    `update reservation v set released_at = $2
     where v.run_id = $1 and v.released_at is null and v.consumed_by is null
       and not exists (select from (${wanted}) w where w.person_key = v.person_key
         and w.loan_key is not distinct from v.loan_key and w.channel = v.channel)`,
    [scope.runId, matching.now],
  );
  await tx.execute(
    `insert into reservation (company_id, run_id, person_key, loan_key, channel, theme, reserved_at, expires_at)
     select $2, $1, person_key, loan_key, channel, $3, $4::timestamptz, $4::timestamptz + make_interval(hours => $5)
     from (${wanted}) w
     order by person_key
     on conflict do nothing`,
    [
      scope.runId,
      scope.companyId,
      matching.exporter.checkCanInteractData?.theme,
      matching.now,
      matching.guard.reservationHours,
    ],
  );
}
