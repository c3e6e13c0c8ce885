import { type Database } from '@muster/core/database';
import { type RunNames } from '@muster/pipeline/run';

const MOST_AT_ONCE = 500;

/** A run that was failed. */
export interface SilentRun extends RunNames {
  id: string;
}

/** Ends the runs of outside workers that have not been told of for `silentMs`, as `externalTimedOut`; gives which. */
export async function failSilentRuns(db: Database, { silentMs }: { silentMs: number }): Promise<SilentRun[]> {
  return db.transaction(async (tx) => {
    const silent = await failRuns(tx, { silentMs, now: await tx.now() });
    if (silent.length === 0) return silent;
    await tx.execute(
      `insert into run_event (run_id, event, details)
       select id, 'run.failed', '{"code": "externalTimedOut"}' from unnest($1::text[]) as id`,
      [silent.map(({ id }) => id)],
    );
    return silent;
  });
}

// One that is told of at this moment is locked, or was updated by the time that we get it.
async function failRuns(tx: Database, { silentMs, now }: { silentMs: number; now: Date }): Promise<SilentRun[]> {
  return tx.query<SilentRun>(
    `with silent as (
       select id from run
       where worker = 'external' and status in ('pending', 'running') and updated_at <= $1::timestamptz - $2 * interval '1 ms'
       order by updated_at limit ${MOST_AT_ONCE} for update skip locked)
     update run set status = 'failed', finished_at = $1, updated_at = $1, error_code = 'externalTimedOut',
       error_message = format('its outside worker reported nothing for %s', $3::text)
     from silent where run.id = silent.id
     returning run.id, campaign_id as "campaignId", request_id as "requestId"`,
    [now, silentMs, inWords(silentMs)],
  );
}

function inWords(durationMs: number) {
  const hours = durationMs / 3_600_000;
  return hours >= 1 ? `${Math.round(hours * 10) / 10} h` : `${durationMs / 1000} s`;
}
