import { open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from './waitFor.ts';

const TIMEOUT_MS = 240_000;

/** Lets one process at a time install: apt-get refuses a second one. Each user has a lock of his own. */
export async function withInstallLock<T>(work: () => Promise<T>): Promise<T> {
  const file = join(tmpdir(), `muster-install-${process.getuid?.() ?? 0}.lock`);
  await waitFor(() => take(file), { timeoutMs: TIMEOUT_MS, everyMs: 200, what: `another installation (${file})` });
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string) {
  try {
    const lock = await open(file, 'wx', 0o600);
    await lock.writeFile(String(process.pid));
    await lock.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    await removeOfTheDead(file);
    return false;
  }
}

async function removeOfTheDead(file: string) {
  const pid = Number(await readFile(file, 'utf8').catch(() => ''));
  if (pid > 0 && !isAlive(pid)) await rm(file, { force: true });
}

function isAlive(pid: number) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // the lock's name carries our user, so this is not someone else's process
  }
}
