import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { codeOf, NotFound } from '@muster/core/errors';
import { type FileStore } from '@muster/pipeline/ports';
import { checkedKey, checkedPrefix } from './files/checkedKey.ts';
import { localFailure } from './files/localFailure.ts';
import { newLocalFile } from './files/newLocalFile.ts';
import { removeParts } from './files/removeParts.ts';
import { storeRoot } from './files/storeRoot.ts';

export interface LocalStoreOptions {
  directory: string;
  keepFreeBytes?: number;
}

/**
 * Keeps files in a directory of this host, or of a volume that several hosts share. A key is a path below it; a file
 * is there under its key only when it is whole and durable. On a disk with less than `keepFreeBytes` left none is begun:
 * `fileStoreFull` at once, instead of after an hour. The directory must be there: `fileStoreMissing`, until it is back.
 */
export function localFileStore({ directory, keepFreeBytes = 0 }: LocalStoreOptions): FileStore {
  const root = storeRoot(resolve(directory));
  const pathOf = (key: string) => join(root.directory, checkedKey(key));
  const openSealed = async (key: string) => {
    const file = await open(pathOf(key)).catch(async (error: unknown) => {
      if (!isMissing(error)) throw localFailure(error, `read ${key}`);
      await root.requireToRead(); // with the directory away nothing is known of any file
      throw fileNotFound(key);
    });
    if ((await file.stat()).isFile()) return file;
    await file.close();
    throw fileNotFound(key);
  };
  const removing = async <Result>(work: () => Promise<Result>) => {
    await root.require();
    const result = await work();
    await root.require(); // gone in the middle of it: what was not found may be there still
    return result;
  };
  return {
    create: async (key) => newLocalFile({ key, path: pathOf(key), root, keepFreeBytes }),
    read: async (key, range) => createReadStream('', { fd: await openSealed(key), ...range }),
    withLocalCopy: async (key, use) => {
      await (await openSealed(key)).close();
      return use(pathOf(key)); // sealed files never change: the file itself is the copy
    },
    removeAll: async (prefix) => {
      const path = join(root.directory, checkedPrefix(prefix));
      await removing(() => rm(path, { recursive: true, force: true })).catch((error: unknown) => {
        throw localFailure(error, `remove ${prefix}`);
      });
    },
    removeUnfinished: (before) => removing(() => removeParts(root.directory, before)),
  };
}

const fileNotFound = (key: string) => new NotFound('fileNotFound', `there is no file ${key} in the store`);

const isMissing = (error: unknown) => ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '');
