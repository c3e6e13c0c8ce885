import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '@muster/core/errors';
import { localFailure } from './localFailure.ts';

const UNFINISHED = /^\..*\.part$/; // what newLocalFile calls them; a sealed file never begins with a dot and ends so

/** Removes files that were begun and not written to since a moment; gives how many there were. */
export async function removeParts(directory: string, before: Date): Promise<number> {
  let removed = 0;
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(noneWhereGone);
  for (const entry of entries) {
    if (!entry.isFile() || !UNFINISHED.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const found = await stat(path).catch(noneWhereGone);
    if (!('mtime' in found) || found.mtime >= before) continue;
    await rm(path, { force: true });
    removed++;
  }
  return removed;
}

/** Another process removes at the same time, and the store may be empty still. */
function noneWhereGone(error: unknown): never[] {
  if (codeOf(error) === 'ENOENT') return [];
  throw localFailure(error, 'remove what was begun in the file store');
}
