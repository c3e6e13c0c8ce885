import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { waitFor } from './waitFor.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 15_000;

/** Waits for the server that used `data` before to be gone, and clears away the mark of one that was killed. */
export async function waitForPredecessor(data: string): Promise<void> {
  const mark = join(data, 'postmaster.pid');
  const isFree = async () => {
    const pid = await readPid(mark);
    return pid === undefined || !(await isPostgresOn(data, pid));
  };
  const what = `the PostgreSQL that still runs on ${data} to stop: is there another demo?`;
  await waitFor(isFree, { timeoutMs: TIMEOUT_MS, everyMs: 100, what });
  await rm(mark, { force: true }); // else PostgreSQL refuses to start when some other process has that number now
}

async function readPid(mark: string) {
  const text = await readFile(mark, 'utf8').catch(() => '');
  return /^\d+/.exec(text)?.[0];
}

async function isPostgresOn(data: string, pid: string) {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => askPs(pid));
  return command.includes('postgres') && command.includes(data);
}

// Systems without /proc; a process that is gone has no line.
async function askPs(pid: string) {
  const answer = await run('ps', ['-ww', '-o', 'args=', '-p', pid]).catch(() => undefined);
  return answer?.stdout ?? '';
}
