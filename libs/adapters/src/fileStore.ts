import { fileURLToPath } from 'node:url';
import { InvalidInput } from '@muster/core/errors';
import { type FileStore } from '@muster/pipeline/ports';
import { localFileStore } from './localFileStore.ts';

/** The store that `FILE_STORE_URL` names: `file:///…` for a directory of this host or of a shared volume. */
export function fileStoreFrom(url: string): FileStore {
  const scheme = /^([a-z0-9]+):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === 'file') return localFileStore({ directory: directoryOf(url) });
  if (scheme === 's3')
    throw refused('s3:// stores come in a later version; use file:///… on a shared volume until then');
  throw refused('must begin with file:///');
}

function directoryOf(url: string) {
  try {
    return fileURLToPath(url);
  } catch {
    throw refused('must be an absolute path, as in file:///var/lib/muster/files');
  }
}

const refused = (message: string) => new InvalidInput([{ field: 'FILE_STORE_URL', code: 'invalidUrl', message }]);
