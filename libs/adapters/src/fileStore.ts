import { readFileStoreUrl } from '@muster/core/fileStoreUrl';
import { type FileStore } from '@muster/pipeline/ports';
import { localFileStore } from './localFileStore.ts';
import { s3FileStore } from './s3FileStore.ts';

export interface StoreOptions {
  spoolDirectory?: string;
  keepFreeMb?: number;
}

/**
 * The store that `FILE_STORE_URL` names: `file:///…` for a directory of this host or of a shared volume, `s3://…` for a
 * bucket. Local copies of a bucket's files are made in `spoolDirectory`; a directory's disk shall have `keepFreeMb` left. Throws InvalidInput; connects to nothing yet.
 */
export function fileStoreFrom(url: string, { spoolDirectory, keepFreeMb = 0 }: StoreOptions = {}): FileStore {
  const address = readFileStoreUrl(url);
  return address.kind === 'directory'
    ? localFileStore({ directory: address.path, keepFreeBytes: keepFreeMb * 1024 * 1024 })
    : s3FileStore({ address, ...(spoolDirectory !== undefined && { spoolDirectory }) });
}
