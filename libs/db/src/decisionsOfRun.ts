import { type Database } from '@muster/core/database';
import { NotReady } from '@muster/core/errors';
import { type DecidedRun } from '@muster/pipeline/loadDecisions';
import { type TaskLease } from '@muster/pipeline/tasks';
import { succeedTask } from './tasks.ts';

/**
 * SQL that asks for the decisions of a run to be loaded, and gives the task. A run whose contacts were not matched (in its
 * present generation) has decided nothing: none.
 */
export const insertDecisionsTask = (runId: string) => `
  insert into task (id, company_id, kind, input, request_id)
  select new_id('DL'), run.company_id, 'decisions', jsonb_build_object('runId', run.id), run.request_id
  from run join file on file.run_id = run.id and file.generation = run.generation and file.name = 'matches.csv'
  where run.id = ${runId} and file.removed_at is null
  returning id`;

/** Asks for them in the transaction that ends the run; gives the task, if any, to be rung for once that is committed. */
export async function wantDecisions(tx: Database, runId: string): Promise<string | undefined> {
  const [task] = await tx.query<{ id: string }>(insertDecisionsTask('$1'), [runId]);
  return task?.id;
}

/** A run whose decisions are to be loaded; undefined while it is under way again: its next end asks for them anew. */
export async function readDecidedRun(db: Database, runId: string): Promise<DecidedRun | undefined> {
  const [row] = await db.query<DecidedRun>(
    `select run.id, run.company_id as "companyId", run.finished_at as "finishedAt", run.decisions_at as "storedAt",
       run.settings #>> '{exporter,checkCanInteractData,theme}' as theme, step.summary ->> 'now' as "decidedAt",
       (extract(epoch from clock_timestamp() - run.finished_at) * 1000)::float8 as "endedForMs",
       exclusions.key as exclusions, matches.key as matches
     from run
     join run_step step on step.run_id = run.id and step.name = 'filter' and step.status = 'succeeded'
     join file exclusions on exclusions.run_id = run.id and exclusions.generation = run.generation
       and exclusions.name = 'exclusions.csv'
     join file matches on matches.run_id = run.id and matches.generation = run.generation and matches.name = 'matches.csv'
     where run.id = $1 and run.status in ('succeeded', 'failed', 'canceled')`,
    [runId],
  );
  return row;
}

/**
 * Ends the loading well, in the transaction that has stored the decisions. Throws TaskLost when another attempt holds it by
 * now, NotReady where the run was reopened meanwhile, or another loading of it has come first.
 */
export async function recordDecisions(
  tx: Database,
  { lease, run, counts }: { lease: TaskLease; run: DecidedRun; counts: Record<string, number> },
): Promise<void> {
  const same = await tx.execute(
    'update run set decisions_at = $3 where id = $1 and finished_at = $2 and decisions_at is not distinct from $4',
    [run.id, run.finishedAt, run.decidedAt, run.storedAt],
  );
  if (same === 0) throw new NotReady(1_000, `run ${run.id} was reopened, or its decisions are stored already`);
  await succeedTask(tx, lease, counts);
}
