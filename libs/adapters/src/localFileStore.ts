import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, InvalidInput, NotFound } from '@muster/core/errors';
import { type FileStore } from '@muster/pipeline/ports';
import { localFailure } from './files/localFailure.ts';
import { newLocalFile } from './files/newLocalFile.ts';

/**
 * Keeps files in a directory of this host, or of a volume that several hosts share. A key is a path below it; a file
 * is there under its key only when it is whole and durable.
 */
export function localFileStore({ directory }: { directory: string }): FileStore {
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
    create: async (key) => newLocalFile({ key, path: pathOf(key) }),
    read: async (key, range) => createReadStream('', { fd: await openSealed(key), ...range }),
    withLocalCopy: async (key, use) => {
      await (await openSealed(key)).close();
      return use(pathOf(key)); // sealed files never change: the file itself is the copy
    },
    removeAll: async (prefix) => {
      if (!prefix.endsWith('/')) throw badKey(prefix, 'a prefix ends in "/"');
      await rm(pathOf(prefix.slice(0, -1)), { recursive: true, force: true }).catch((error: unknown) => {
        throw localFailure(error, `remove ${prefix}`);
      });
    },
  };
}

const PART = /^[A-Za-z0-9._-]+$/;

/** Keys are made by us, but a wrong one would reach outside the store: so they are looked at all the same. */
function checkedKey(key: string) {
  const parts = key.split('/');
  if (parts.every((part) => PART.test(part) && part !== '.' && part !== '..')) return key;
  throw badKey(key, 'a key is a/b/c of letters, digits, ".", "_" and "-"');
}

const badKey = (key: string, message: string) =>
  new InvalidInput([{ field: 'key', code: 'invalidKey', message: `${message}: ${key}` }]);

const fileNotFound = (key: string) => new NotFound('fileNotFound', `there is no file ${key} in the store`);

function notFoundOr(error: unknown, key: string) {
  const isMissing = ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '');
  return isMissing ? fileNotFound(key) : localFailure(error, `read ${key}`);
}
