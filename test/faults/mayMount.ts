import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Whether this machine lets us mount a disk in memory. Where it does not, a line says what is not tested. */
export async function mayMount(what: string): Promise<boolean> {
  try {
    await run('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
    return true;
  } catch {
    process.stderr.write(`${what} is not tested: nothing may be mounted here\n`);
    return false;
  }
}
