import { type Readable } from 'node:stream';
import { NotFound, PermanentFailure } from '@muster/core/errors';
import { type FileStore } from '@muster/pipeline/ports';

interface KeptFile {
  name: string;
  key: string;
}

/**
 * Reads a file that is there by our records. Throws PermanentFailure `fileMissing` where the store has lost it: a person must
 * act, and whoever asks must not take it for a file that never was.
 */
export async function readKept(
  files: FileStore,
  { name, key }: KeptFile,
  range?: { start: number; end: number },
): Promise<Readable> {
  try {
    return await files.read(key, range);
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    const message = `${name} should be in the file store as ${key}, and is not: nobody has removed it by way of the API`;
    throw new PermanentFailure('fileMissing', message, { cause: error });
  }
}

/** Makes sure of the first byte of each file, before an answer is begun that would have to be broken off. */
export async function requireKept(files: FileStore, kept: KeptFile[]): Promise<void> {
  for (const file of kept) (await readKept(files, file, { start: 0, end: 0 })).destroy();
}
