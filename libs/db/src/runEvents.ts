import { type Database } from '@muster/core/database';
import { type SealedFile } from '@muster/pipeline/ports';
import { type Run } from '@muster/pipeline/run';
import { type RunEvent } from '@muster/pipeline/runs';

/** Adds a line to a run's log. */
export async function addEvent(db: Database, runId: string, { step, event, details }: Omit<RunEvent, 'at'>) {
  await db.execute('insert into run_event (run_id, step, event, details) values ($1, $2, $3, $4)', [
    runId,
    step,
    event,
    details,
  ]);
}

/** A run's log so far, in order. */
export function readEvents(db: Database, runId: string): Promise<RunEvent[]> {
  return db.query<RunEvent>('select at, step, event, details from run_event where run_id = $1 order by number', [
    runId,
  ]);
}

const WITHOUT_LOG = `
  select id, company_id as "companyId", campaign_id as "campaignId", generation, request_id as "requestId",
    coalesce(started_at, created_at) as "startedAt", settings
  from run
  where log_sealed_at is null and files_leaving_at is null
    and (status in ('failed', 'canceled') or (status = 'succeeded' and worker = 'external'))`;

/** Ended runs that have no log yet, but for those whose worker is about to seal it. */
export function endedWithoutLog(db: Database): Promise<Run[]> {
  return db.query<Run>(
    `${WITHOUT_LOG} and finished_at < clock_timestamp() - interval '5 s' order by finished_at limit 100`,
  );
}

/** A run, if it has ended and has no log yet. */
export async function findWithoutLog(db: Database, runId: string): Promise<Run | undefined> {
  const [run] = await db.query<Run>(`${WITHOUT_LOG} and id = $1`, [runId]);
  return run;
}

/** Adds the log of an ended run; one that is there already stays, and a run that was reopened meanwhile, or whose files are
 *  past their retention, gets none. */
export function addLog(db: Database, run: Run, log: SealedFile): Promise<void> {
  return db.transaction(async (tx) => {
    const ended = await tx.query(
      `select from run where id = $1 and status not in ('pending', 'running') and log_sealed_at is null
         and files_leaving_at is null for update`,
      [run.id],
    );
    if (ended.length === 0) return;
    await tx.execute(
      `insert into file (company_id, run_id, generation, name, key, size_bytes, sha256)
       values ($1, $2, $3, 'log.txt', $4, $5, $6) on conflict (run_id, name, generation) do nothing`,
      [run.companyId, run.id, run.generation, log.key, log.sizeBytes, log.sha256],
    );
    await tx.execute('update run set log_sealed_at = clock_timestamp() where id = $1', [run.id]);
  });
}
