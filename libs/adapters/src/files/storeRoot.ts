import { randomUUID } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, type MusterError, TemporaryFailure } from '@muster/core/errors';
import { giveName } from './giveName.ts';
import { localFailure } from './localFailure.ts';

/** The file by which a store's directory is known from the empty place at which a disk is not mounted. */
export const MARKER = '.muster-store';

/** The directory of a file store, as a process knows it. Both throw TemporaryFailure `fileStoreMissing` while it is away. */
export interface StoreRoot {
  readonly directory: string;
  /** Looks whether it is there: the same one as ever. Marks one that no process has used so far. */
  require(): Promise<void>;
  /** The same, without marking anything. */
  requireToRead(): Promise<void>;
}

/**
 * The root of a file store. It is never made: a directory that was renamed or whose disk is not mounted would be replaced by an
 * empty one, in which all that is kept would pass for removed.
 */
export function storeRoot(directory: string): StoreRoot {
  let known: string | undefined;
  const look = async (ofUnmarked: () => Promise<string | undefined>) => {
    const id = (await idIn(directory)) ?? (known === undefined ? await ofUnmarked() : undefined);
    if (id === undefined || id !== (known ?? id)) throw away();
    return id;
  };
  return {
    directory,
    require: async () => {
      known = await look(() => mark(directory));
    },
    requireToRead: async () => {
      await look(() => isDirectory(directory));
    },
  };
}

async function idIn(directory: string): Promise<string | undefined> {
  return readFile(join(directory, MARKER), 'utf8').catch(undefinedWhereMissing);
}

async function isDirectory(directory: string): Promise<string | undefined> {
  const found = await stat(directory).catch(undefinedWhereMissing);
  return found?.isDirectory() ? 'unmarked' : undefined;
}

/** Gives the mark that there is afterwards: another process may have been faster. */
async function mark(directory: string): Promise<string | undefined> {
  const id = randomUUID();
  const temporary = join(directory, `${MARKER}.${id}.part`);
  try {
    await writeFile(temporary, `${id}\nBy this file Muster knows its file store: leave it here.\n`, {
      flag: 'wx',
      mode: 0o600,
    });
    await giveName(temporary, join(directory, MARKER));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') undefinedWhereMissing(error); // no root: no mark will be found, either
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
  return idIn(directory);
}

function undefinedWhereMissing(error: unknown): undefined {
  if (!['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) throw localFailure(error, 'look for the file store');
}

function away(): MusterError {
  return new TemporaryFailure(
    'fileStoreMissing',
    `the directory of the file store, with the file ${MARKER} in it, is not there: mount it or put it back, or mend FILE_STORE_URL; ` +
      'for a new store make an empty directory',
  );
}
