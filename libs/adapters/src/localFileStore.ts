import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, NotFound } from '@muster/core/errors';
import { type FileStore } from '@muster/pipeline/ports';
import { checkedKey, checkedPrefix } from './files/checkedKey.ts';
import { localFailure } from './files/localFailure.ts';
import { newLocalFile } from './files/newLocalFile.ts';
import { removeParts } from './files/removeParts.ts';

export interface LocalStoreOptions {
  directory: string;
  keepFreeBytes?: number;
}

/**
 * Keeps files in a directory of this host, or of a volume that several hosts share. A key is a path below it; a file
 * is there under its key only when it is whole and durable. On a disk with less than `keepFreeBytes` left none is begun:
 * `fileStoreFull` at once, instead of after an hour.
 */
export function localFileStore({ directory, keepFreeBytes = 0 }: LocalStoreOptions): FileStore {
  const pathOf = (key: string) => join(directory, checkedKey(key));
  const openSealed = async (key: string) => {
    const file = await open(pathOf(key)).catch((error: unknown) => {
      throw notFoundOr(error, key);
    });
    if ((await file.stat()).isFile()) return file;
    await file.close();
    throw fileNotFound(key);
  };
  return {
    create: async (key) => newLocalFile({ key, path: pathOf(key), keepFreeBytes }),
    read: async (key, range) => createReadStream('', { fd: await openSealed(key), ...range }),
    withLocalCopy: async (key, use) => {
      await (await openSealed(key)).close();
      return use(pathOf(key)); // sealed files never change: the file itself is the copy
    },
    removeAll: async (prefix) => {
      await rm(join(directory, checkedPrefix(prefix)), { recursive: true, force: true }).catch((error: unknown) => {
        throw localFailure(error, `remove ${prefix}`);
      });
    },
    removeUnfinished: (before) => removeParts(directory, before),
  };
}

const fileNotFound = (key: string) => new NotFound('fileNotFound', `there is no file ${key} in the store`);

function notFoundOr(error: unknown, key: string) {
  const isMissing = ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '');
  return isMissing ? fileNotFound(key) : localFailure(error, `read ${key}`);
}
