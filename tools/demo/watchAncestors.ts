import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const EVERY_MS = 1_000;

/**
 * Calls `onLost` once npm, which started us, is gone: a SIGTERM or SIGKILL to npm reaches nobody else. Between us and npm
 * there may be a shell, which stays when npm dies, so each link of the chain is watched. Started by hand: nothing is watched.
 */
export function watchAncestors(onLost: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const { name = '', ppid: npm } = statusOf(parent) ?? {};
  const isShell = /^-?(ba|da|k|z)?sh$/.test(name);
  const isWhole = () => process.ppid === parent && (!isShell || statusOf(parent)?.ppid === npm);
  const timer = setInterval(() => {
    if (isWhole()) return;
    clearInterval(timer);
    onLost();
  }, EVERY_MS);
  timer.unref();
}

function statusOf(pid: number): { name: string; ppid: number } | undefined {
  try {
    const [, name = '', ppid] = /^\d+ \((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return { name, ppid: Number(ppid) };
  } catch {
    return process.platform === 'linux' ? undefined : askPs(pid);
  }
}

// Systems without /proc.
function askPs(pid: number) {
  try {
    const answer = execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const [, ppid, path = ''] = /^(\d+)\s+(.*)$/.exec(answer) ?? [];
    return { name: path.split('/').at(-1) ?? '', ppid: Number(ppid) };
  } catch {
    return undefined;
  }
}
