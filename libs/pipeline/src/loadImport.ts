import { type Database } from '@muster/core/database';
import { type TaskWork } from './executeTask.ts';
import { type FileStore, type SealedFile } from './ports.ts';
import { type TaskLease } from './tasks.ts';

/** What is to be loaded: rows of a kind, as they lie in the file store. */
export interface ImportJob {
  companyId: string;
  importId: string;
  kind: string;
  format: string;
  file: SealedFile;
}

/** What became of the rows. */
export interface ImportCounts {
  read: number;
  inserted: number;
  updated: number;
  unchanged: number;
  refused: number;
  refusedFile: SealedFile | null;
}

/** Loads rows in one transaction, in which it calls `record`: all of them and that, or nothing. */
export type LoadRows = (
  job: ImportJob,
  options: {
    signal: AbortSignal;
    onProgress: (progress: object) => void;
    record: (tx: Database, counts: ImportCounts) => Promise<void>;
  },
) => Promise<unknown>;

export interface ImportPorts {
  loadRows: LoadRows;
  /** Ends the task well, in this transaction. Throws TaskLost when another attempt holds it by now. */
  record(tx: Database, lease: TaskLease & { companyId: string }, counts: ImportCounts): Promise<void>;
  /** Notes that the rows are no longer in the store. */
  folderRemoved(folder: string): Promise<void>;
  store: Pick<FileStore, 'removeAll'>;
}

/** A bulk load: applied once, whatever crashes; what was sent is removed once it has ended. */
export function loadImport({ loadRows, record, folderRemoved, store }: ImportPorts): TaskWork {
  return {
    triesAgain: true,
    work: async (claim, { signal, note }) => {
      const { rows: kind, format, file } = claim.input as { rows: string; format: string; file: SealedFile };
      await store.removeAll(refusedFolder(claim.companyId, claim.taskId)); // what a try that was lost has left there
      await loadRows(
        { companyId: claim.companyId, importId: claim.taskId, kind, format, file },
        {
          signal,
          onProgress: (progress) => void note({ ...progress }).catch(() => undefined),
          record: (tx, counts) => record(tx, claim, counts),
        },
      );
      return 'recorded';
    },
    end: async ({ companyId, taskId, input }, outcome) => {
      if (outcome === 'failed') await store.removeAll(refusedFolder(companyId, taskId)); // what a try has left there
      const folder = folderOf((input as { file: SealedFile }).file.key);
      await store.removeAll(folder);
      await folderRemoved(folder);
    },
  };
}

/** The folder in the file store for a bulk load's refused rows. */
export function refusedFolder(companyId: string, importId: string): string {
  return `${companyId}/imports/${importId}/`;
}

/** The folder in the file store that a key lies in. */
export function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1);
}
