import { Conflict, NotFound } from '@muster/core/errors';
import { type RunFile } from '@muster/pipeline/run';
import { type CompanyDatabase } from './openDatabase.ts';
import { type RunView } from './runViews.ts';

/** Which file is to be which of a run's. */
export interface WantedFile {
  name: RunFile;
  /** Null: none. */
  id: string | null;
  /** The field that names it, for errors. */
  field: string;
}

/**
 * Makes files of the company the run's, under the names of a run's files; what had such a name before belongs to no run
 * afterwards. The run's row must be locked. Throws NotFound `fileNotFound`, Conflict `fileTaken` for one of another run,
 * `filesRemoved` where the run's own are past their retention.
 */
export async function attachFiles(tx: CompanyDatabase, run: RunView, wanted: WantedFile[]): Promise<void> {
  const given = wanted.flatMap((file) => (file.id === null ? [] : [{ ...file, id: file.id }]));
  const ids = given.map(({ id }) => id);
  await refusePast(tx, run.id);
  await requireFree(tx, run, given);
  await tx.execute('update file set run_id = null where run_id = $1 and (name = any($2) or id = any($3))', [
    run.id,
    wanted.map(({ name }) => name),
    ids,
  ]);
  await tx.execute(
    `update file set run_id = $1, name = wanted.name
     from unnest($2::text[], $3::text[]) as wanted (id, name) where file.id = wanted.id`,
    [run.id, ids, given.map(({ name }) => name)],
  );
}

/** Nobody would remove what is added to a run whose files are gone. */
async function refusePast(tx: CompanyDatabase, runId: string) {
  const leaving = await tx.query('select from run where id = $1 and files_leaving_at is not null', [runId]);
  if (leaving.length > 0) throw new Conflict('filesRemoved', `the files of run ${runId} are past their retention`);
}

async function requireFree(tx: CompanyDatabase, run: RunView, wanted: { id: string; field: string }[]) {
  const found = await tx.query<{ id: string; runId: string | null }>(
    `select id, run_id as "runId" from file
     where id = any($1) and company_id = $2 and not internal and removed_at is null order by id for update`,
    [wanted.map(({ id }) => id), tx.companyId],
  );
  const missing = wanted.filter(({ id }) => !found.some((file) => file.id === id)).map(({ field }) => field);
  if (missing.length > 0) throw new NotFound('fileNotFound', 'there is no such file', { details: { fields: missing } });
  for (const { id, field } of wanted) {
    const owner = found.find((file) => file.id === id)?.runId;
    if (typeof owner === 'string' && owner !== run.id) {
      throw new Conflict('fileTaken', `the file belongs to run ${owner}`, { details: { field } });
    }
  }
}
