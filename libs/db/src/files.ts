import { NotFound } from '@muster/core/errors';
import { parseReference } from '@muster/core/reference';
import { type SealedFile } from '@muster/pipeline/ports';
import { type CompanyDatabase } from './openDatabase.ts';
import { type RunFileRow } from './runViews.ts';

/** A file of a company: of a run, or put and not yet of any. */
export interface FileRow extends Omit<RunFileRow, 'createdAt'> {
  runId: string | null;
  createdAt: Date;
}

const COLUMNS = `id, run_id as "runId", name, key, size_bytes::float8 as "sizeBytes", sha256, created_at as "createdAt",
  removed_at is not null or exists (select from run where run.id = run_id and files_leaving_at is not null) as "isRemoved"`;

/** Makes what was uploaded into `folder` a file of the company. */
export async function insertFile(
  tx: CompanyDatabase,
  { name, folder, file }: { name: string; folder: string; file: SealedFile },
): Promise<FileRow> {
  const [row] = await tx.query<FileRow>(
    `insert into file (company_id, name, key, size_bytes, sha256) values ($1, $2, $3, $4, $5) returning ${COLUMNS}`,
    [tx.companyId, name, file.key, file.sizeBytes, file.sha256],
  );
  if (!row) throw new Error('no file was made');
  await tx.execute('delete from upload where folder = $1', [folder]);
  return row;
}

/** Reads a file, also one that was removed, or is about to be. Throws NotFound `fileNotFound`. */
export async function getFile(db: CompanyDatabase, reference: string): Promise<FileRow> {
  const parsed = parseReference(reference);
  const [row] =
    parsed && 'id' in parsed
      ? await db.query<FileRow>(`select ${COLUMNS} from file where company_id = $1 and id = $2 and not internal`, [
          db.companyId,
          parsed.id,
        ])
      : [];
  if (!row) throw new NotFound('fileNotFound', 'there is no such file');
  return row;
}

/** Whether what was uploaded into `folder` has become nothing so far; waits for whoever is about to make something of it. */
export async function isUnused(db: CompanyDatabase, folder: string): Promise<boolean> {
  return (await db.query('select from upload where folder = $1 for update', [folder])).length > 0;
}

/** Notes that what was uploaded into `folder` was removed. */
export async function forgetUpload(db: CompanyDatabase, folder: string): Promise<void> {
  await db.execute('delete from upload where folder = $1', [folder]);
}
