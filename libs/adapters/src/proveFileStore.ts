import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { type Log } from '@muster/core/log';
import { type FileStore } from '@muster/pipeline/ports';

const WITHIN_MS = 10_000; // a process is not to wait for a store that is down

/**
 * Writes a file into the store, reads it back and removes it, so that a wrong setting is told at the start and not by the
 * first run. A store that is only out of reach is logged: it may be back before it is needed. Gives the store; throws
 * PermanentFailure, and `fileStoreMissing`, which passes for those who run, but at a start is most likely a wrong setting.
 */
export async function proveFileStore(store: FileStore, log: Pick<Log, 'warn'>): Promise<FileStore> {
  try {
    await withinTime(writeAndRead(store));
  } catch (error) {
    if (!(error instanceof TemporaryFailure) || error.code === 'fileStoreMissing') throw error;
    log.warn('fileStore.unreachable', { code: error.code, message: error.message });
  }
  return store;
}

async function withinTime(proof: Promise<void>) {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const late = new TemporaryFailure('fileStoreUnavailable', `no answer of the file store within ${WITHIN_MS} ms`);
    timer = setTimeout(() => reject(late), WITHIN_MS);
  });
  await Promise.race([proof, tooLate]).finally(() => clearTimeout(timer));
}

async function writeAndRead(store: FileStore) {
  const folder = `checks/${randomUUID()}/`;
  const file = await store.create(`${folder}check.txt`);
  file.stream.end(folder);
  await file.seal();
  try {
    const read = await buffer(await store.read(`${folder}check.txt`));
    if (read.toString() === folder) return;
    throw new PermanentFailure('fileStoreUnsuitable', 'the file store gives back other bytes than were written');
  } finally {
    await store.removeAll(folder);
  }
}
