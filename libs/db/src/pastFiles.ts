import { type Database } from '@muster/core/database';
import { type PastFiles, type PastRun, RUNS_AT_ONCE } from '@muster/pipeline/removePastFiles';
import { FILES_KEPT } from './filesKept.ts';
import { addEvent } from './runEvents.ts';

const TAKEN_FOR = `interval '10 minutes'`; // longer than the store may take

/** Whether somebody has still to say what became of a file that was sent: it may have to be looked at, or sent by hand. */
const isInDoubt = `exists (select from delivery where delivery.run_id = run.id and state = 'unknown')`;
/** Whether its decisions are still to be loaded from its files. */
const isToBeLoaded = `exists (select from task
  where kind = 'decisions' and status in ('pending', 'running') and input ->> 'runId' = run.id)`;

// now() and not the clock of each row, so that the index knows where to begin and to end
const ofCompany = `select id from run
  where run.company_id = company.id and files_removed_at is null and status in ('succeeded', 'failed', 'canceled')
    and finished_at < now() - ${FILES_KEPT}
    and (files_leaving_at is null or files_leaving_at < now() - ${TAKEN_FOR})
    and not ${isInDoubt} and not ${isToBeLoaded}
  order by finished_at limit ${RUNS_AT_ONCE} for no key update skip locked`;

/** SQL for the runs whose files are to go now; whoever holds the row of one is about to reopen it, or has taken it. */
export const pastRuns = `select past.id from company cross join lateral (${ofCompany}) as past limit ${RUNS_AT_ONCE}`;

/** The files of runs, of all companies, that are past their retention. */
export function pastFiles(db: Database): PastFiles {
  return {
    takeRuns: () => takeRuns(db),
    recordRemoved: (runId) => recordRemoved(db, runId),
  };
}

async function takeRuns(db: Database): Promise<PastRun[]> {
  const taken = await db.query<{ id: string }>(
    `with past as materialized (${pastRuns})
     update run set files_leaving_at = clock_timestamp() from past where run.id = past.id returning run.id`,
  );
  if (taken.length === 0) return [];
  // Asked for apart: only now nobody gives them another file. All below the run's folder goes, also what lost attempts
  // have left there; files that came from outside lie elsewhere, each in a folder of its own.
  return db.query<PastRun>(
    `select run.id, array_prepend(own.folder, array_agg(distinct regexp_replace(file.key, '[^/]+$', ''))
       filter (where not starts_with(file.key, own.folder))) as folders
     from run cross join lateral (select run.company_id || '/' || run.id || '/' as folder) as own
     left join file on file.run_id = run.id and file.removed_at is null
     where run.id = any($1) group by run.id, own.folder`,
    [taken.map(({ id }) => id)],
  );
}

/** The rows that were handed in instead of a query go along: they are a list of borrowers as well. */
async function recordRemoved(db: Database, runId: string): Promise<number> {
  return db.transaction(async (tx) => {
    const isFirst = await tx.execute(
      `update run set files_removed_at = clock_timestamp()
       where id = $1 and files_leaving_at is not null and files_removed_at is null`,
      [runId],
    );
    if (isFirst === 0) return 0;
    const gone = `update file set removed_at = clock_timestamp() where run_id = $1 and removed_at is null`;
    const files = await tx.execute(gone, [runId]);
    await tx.execute('delete from run_override where run_id = $1', [runId]);
    await addEvent(tx, runId, { step: null, event: 'files.removed', details: { files } });
    return files;
  });
}
