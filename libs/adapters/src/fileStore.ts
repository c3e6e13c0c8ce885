import { readFileStoreUrl } from '@muster/core/fileStoreUrl';
import { type FileStore } from '@muster/pipeline/ports';
import { localFileStore } from './localFileStore.ts';
import { s3FileStore } from './s3FileStore.ts';

/**
 * The store that `FILE_STORE_URL` names: `file:///…` for a directory of this host or of a shared volume, `s3://…` for a
 * bucket. Local copies of a bucket's files are made in `spoolDirectory`. Throws InvalidInput; connects to nothing yet.
 */
export function fileStoreFrom(url: string, { spoolDirectory }: { spoolDirectory?: string } = {}): FileStore {
  const address = readFileStoreUrl(url);
  return address.kind === 'directory'
    ? localFileStore({ directory: address.path })
    : s3FileStore({ address, ...(spoolDirectory !== undefined && { spoolDirectory }) });
}
