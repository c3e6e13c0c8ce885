import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Notes that this process uses `directory`; gives what takes the note back. Throws where another demo does. */
export function claimHome(directory: string): () => void {
  mkdirSync(directory, { recursive: true });
  const note = join(directory, 'demo.pid');
  const other = Number(readNote(note));
  if (other > 0 && other !== process.pid && isDemo(other)) {
    throw new Error(`a demo is running here already (process ${other}): end it first, with Ctrl-C or "kill ${other}"`);
  }
  writeFileSync(note, `${process.pid}\n`);
  return () => rmSync(note, { force: true });
}

function readNote(note: string) {
  try {
    return readFileSync(note, 'utf8');
  } catch {
    return '';
  }
}

// The number of a demo that is gone may be another program's by now.
function isDemo(pid: number) {
  return commandOf(pid).includes('tools/demo/main.ts');
}

function commandOf(pid: number) {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return ''; // there is no such process
  }
}
