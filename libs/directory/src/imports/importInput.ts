import { type Database } from '@muster/core/database';
import { type FileStore, type SealedFile } from '@muster/pipeline/ports';

export const importKinds = ['people', 'loans', 'contacts', 'consents', 'do-not-interacts', 'interactions'] as const;
export const importFormats = ['csv', 'ndjson'] as const;

export type ImportKind = (typeof importKinds)[number];
export type ImportFormat = (typeof importFormats)[number];

/** A file that somebody wants to load, as it lies in the store. */
export interface ImportInput {
  companyId: string;
  importId: string;
  kind: ImportKind;
  format: ImportFormat;
  file: SealedFile;
}

/** What became of the rows. `read = inserted + updated + refused`, exactly. */
export interface ImportResult {
  read: number;
  inserted: number;
  /** Rows that met an object that was there already. */
  updated: number;
  /** Those among the updated that said nothing new: nothing was written, and their `updatedAt` stays. */
  unchanged: number;
  refused: number;
  /** `line,code,field,message,externalId` of the refused rows, 100,000 faults at most; null where none was refused. */
  refusedFile: SealedFile | null;
}

export interface ImportProgress {
  phase: 'reading' | 'checking' | 'applying';
  readRows: number;
  bytes: number;
}

export interface ImportDeps {
  /** The company's database: row-level security holds, beside the `company_id` in every statement. */
  db: Database;
  store: FileStore;
}

export interface ImportOptions {
  signal: AbortSignal;
  /** Told once a second at most, and at each new phase. */
  onProgress?: (progress: ImportProgress) => void;
  /** Whose phones are meant that name no country; default US. */
  defaultCountry?: string;
  /** Called in the transaction that applies the rows: what it writes is committed with them, or not at all. */
  record?: (tx: Database, result: ImportResult) => Promise<void>;
}
