import { type Database } from '@muster/core/database';
import { NotFound } from '@muster/core/errors';
import { type SealedFile } from '@muster/pipeline/ports';
import { type Run, type RunFile, type StepName } from '@muster/pipeline/run';
import { type OverrideRows } from '@muster/pipeline/runs';

interface FileRow {
  key: string;
  size_bytes: string;
  sha256: string;
}

/** A sealed file of the run's present generation. Throws NotFound `fileNotFound`. */
export async function readFile(db: Database, { id, generation }: Run, name: RunFile): Promise<SealedFile> {
  const [row] = await db.query<FileRow>(
    'select key, size_bytes, sha256 from file where run_id = $1 and name = $2 and generation = $3 and removed_at is null',
    [id, name, generation],
  );
  if (!row) throw new NotFound('fileNotFound', `run ${id} has no file ${name}`);
  return { key: row.key, sizeBytes: Number(row.size_bytes), sha256: row.sha256 };
}

/** The notes that a finished step left. Throws NotFound `stepNotFinished`. */
export async function readNotes(db: Database, runId: string, step: StepName): Promise<Record<string, unknown>> {
  const [row] = await db.query<{ summary: Record<string, unknown> }>(
    `select coalesce(summary, '{}') as summary from run_step where run_id = $1 and name = $2 and status = 'succeeded'`,
    [runId, step],
  );
  if (!row) throw new NotFound('stepNotFinished', `step ${step} of run ${runId} has not finished`);
  return row.summary;
}

/** The rows that the caller handed in, part by part as they are asked for. Throws NotFound `overrideNotFound`. */
export async function* readOverride(db: Database, runId: string): AsyncIterable<OverrideRows> {
  for (let part = 0; ; part++) {
    const [row] = await db.query<{ rows: OverrideRows }>(
      'select rows from run_override where run_id = $1 and part = $2',
      [runId, part],
    );
    if (row) yield row.rows;
    else if (part > 0) return;
    else throw new NotFound('overrideNotFound', `run ${runId} was started without rows of its own`);
  }
}
