import { type Database } from '@muster/core/database';
import { NotFound } from '@muster/core/errors';
import { parseReference } from '@muster/core/reference';
import { folderOf, type ImportCounts } from '@muster/pipeline/loadImport';
import { type SealedFile } from '@muster/pipeline/ports';
import { type TaskLease, type TaskStatus } from '@muster/pipeline/tasks';
import { type CompanyDatabase } from './openDatabase.ts';
import { type Page, type PageRequest, readPage } from './pages.ts';
import { type RunFileRow } from './runViews.ts';
import { succeedTask } from './tasks.ts';

/** A bulk load as it stands. */
export interface ImportRow {
  id: string;
  companyId: string;
  status: TaskStatus;
  rows: string;
  format: string;
  sizeBytes: number;
  sha256: string;
  progress: Record<string, unknown> | null;
  counts: Omit<ImportCounts, 'refusedFile'> | null;
  refusedFileId: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  requestId: string | null;
  createdAt: Date;
  updatedAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
}

export interface NewImport {
  rows: string;
  format: string;
  file: SealedFile;
  requestedBy: string;
  requestId: string;
}

const COLUMNS = `item.id, item.company_id as "companyId", item.status, item.input ->> 'rows' as rows,
  item.input ->> 'format' as format, (item.input #>> '{file,sizeBytes}')::float8 as "sizeBytes",
  item.input #>> '{file,sha256}' as sha256, item.progress, item.result -> 'counts' as counts,
  item.result ->> 'refusedFileId' as "refusedFileId", item.error_code as "errorCode",
  item.error_message as "errorMessage", item.request_id as "requestId", item.created_at as "createdAt",
  item.updated_at as "updatedAt", item.started_at as "startedAt", item.finished_at as "finishedAt"`;

/** Writes down that bytes are on their way into a folder of the file store: should they become nothing, they are removed. */
export async function beginUpload(db: CompanyDatabase, folder: string): Promise<void> {
  await db.execute('insert into upload (folder, company_id) values ($1, $2)', [folder, db.companyId]);
}

/** Asks for a bulk load of what was uploaded; gives its id. */
export async function insertImport(tx: CompanyDatabase, load: NewImport): Promise<string> {
  const { rows, format, file, requestedBy, requestId } = load;
  const folder = folderOf(file.key);
  const [row] = await tx.query<{ id: string }>(
    `insert into task (id, company_id, kind, input, source_folder, requested_by, request_id)
     values (new_id('IM'), $1, 'import', $2, $3, $4, $5) returning id`,
    [tx.companyId, { rows, format, file }, folder, requestedBy, requestId],
  );
  if (!row) throw new Error('no import was made');
  await tx.execute('delete from upload where folder = $1', [folder]);
  return row.id;
}

/** Ends a bulk load well, in the transaction that applied its rows. Throws TaskLost when another attempt holds it by now. */
export async function recordImport(
  tx: Database,
  lease: TaskLease & { companyId: string },
  { refusedFile, ...counts }: ImportCounts,
): Promise<void> {
  const { key, sizeBytes, sha256 } = refusedFile ?? {};
  const [file] = refusedFile
    ? await tx.query<{ id: string }>(
        `insert into file (company_id, name, key, size_bytes, sha256) values ($1, 'refused.csv', $2, $3, $4) returning id`,
        [lease.companyId, key, sizeBytes, sha256],
      )
    : [];
  await succeedTask(tx, lease, { counts, refusedFileId: file?.id ?? null });
}

/** Reads a bulk load. Throws NotFound `importNotFound`. */
export async function getImport(db: CompanyDatabase, reference: string): Promise<ImportRow> {
  const parsed = parseReference(reference);
  const [row] =
    parsed && 'id' in parsed
      ? await db.query<ImportRow>(
          `select ${COLUMNS} from task item where item.company_id = $1 and item.kind = 'import' and item.id = $2`,
          [db.companyId, parsed.id],
        )
      : [];
  if (!row) throw new NotFound('importNotFound', 'there is no such import');
  return row;
}

/** A page of the company's bulk loads, newest first. */
export function listImports(db: CompanyDatabase, page: PageRequest): Promise<Page<ImportRow>> {
  const listing = {
    table: 'task',
    columns: COLUMNS,
    hasExternalIds: false,
    scope: { sql: `item.company_id = $1 and item.kind = 'import'`, parameters: [db.companyId] },
    filter: { sql: 'true', parameters: [] },
  };
  return readPage<ImportRow>(db, listing, page);
}

/** The file of a bulk load's refused rows. Throws NotFound `importNotFound`, or `fileNotFound` where it has none. */
export async function getRefusedRows(db: CompanyDatabase, reference: string): Promise<RunFileRow> {
  const { refusedFileId, status } = await getImport(db, reference);
  const [file] = await db.query<RunFileRow>(
    `select id, name, key, size_bytes::float8 as "sizeBytes", sha256, removed_at is not null as "isRemoved"
     from file where company_id = $1 and id = $2`,
    [db.companyId, refusedFileId],
  );
  const isOver = status === 'succeeded' || status === 'failed';
  if (!file) throw new NotFound('fileNotFound', isOver ? 'no row was refused' : 'the import has not ended yet');
  return file;
}
