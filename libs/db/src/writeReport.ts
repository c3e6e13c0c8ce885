import { type RunStatus } from '@muster/pipeline/run';
import { statusesAfter } from '@muster/pipeline/statusesAfter';
import { type CompanyDatabase } from './openDatabase.ts';
import { type RunView } from './runViews.ts';

/** What an outside worker tells of its run. */
export interface Report {
  status: RunStatus;
  /** The names of the files that are new, or gone. */
  files: string[];
  /** Whether it brought a `log.txt`; undefined: nothing changed about it. */
  hasLog?: boolean;
}

/**
 * Writes what an outside worker tells of its run, whose row must be locked. Also a report without news is a sign of life
 * while the run is open.
 */
export async function writeReport(tx: CompanyDatabase, run: RunView, { status, files, hasLog }: Report): Promise<void> {
  const isNew = status !== run.status;
  const isOver = statusesAfter(status).length === 0;
  if (isOver && !isNew && files.length === 0) return;
  const failure = isNew && status === 'failed' ? { code: 'reportedFailed', message: REPORTED } : null;
  await tx.execute(
    `update run set status = $2, updated_at = clock_timestamp(),
       started_at = case when $2 = 'running' then coalesce(started_at, clock_timestamp()) else started_at end,
       finished_at = case when $3 then coalesce(finished_at, clock_timestamp()) end,
       error_code = coalesce($4, error_code), error_message = coalesce($5, error_message),
       log_sealed_at = case when $6::boolean is null then log_sealed_at when $6 then clock_timestamp() end
     where id = $1`,
    [run.id, status, isOver, failure?.code ?? null, failure?.message ?? null, hasLog ?? null],
  );
  if (!isNew && files.length === 0) return;
  await tx.execute(`insert into run_event (run_id, event, details) values ($1, 'run.reported', $2)`, [
    run.id,
    { ...(isNew && { status }), ...(files.length > 0 && { files }) },
  ]);
}

const REPORTED = 'its outside worker reported that it failed';
