import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'muster-spool-';

/**
 * Makes a directory of this process's own for answers on their way (they hold what queries gave: mode 700), and removes
 * those of processes that were killed.
 */
export async function openSpool(parent: string = tmpdir()): Promise<string> {
  const names = (await readdir(parent)).filter((name) => name.startsWith(PREFIX));
  const orphans = names.filter((name) => !isAlive(Number(name.slice(PREFIX.length).split('-')[0])));
  for (const name of orphans) await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined); // another user's
  return mkdtemp(join(parent, `${PREFIX}${process.pid}-`));
}

function isAlive(pid: number) {
  if (!Number.isSafeInteger(pid) || pid <= 0) return true; // not one of ours: leave it
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
