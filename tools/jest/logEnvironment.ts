import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Circus } from '@jest/types';
import LeakEnvironment from './leakEnvironment.ts';

/** Under this name a test file lists the directories in which its processes log. */
const LOGS = '__musterLogs';
const LINES = 40;
const DEBUG = '"level":20,';

/** Shows the end of all processes' logs when a test fails; fails a file that leaves something open, as its parent. */
export default class LogEnvironment extends LeakEnvironment {
  override handleTestEvent(event: Circus.AsyncEvent | Circus.SyncEvent): void {
    super.handleTestEvent(event);
    if (this.isFailure(event)) this.showLogs();
  }

  private showLogs() {
    const directories = (this.global as unknown as Record<string, string[] | undefined>)[LOGS] ?? [];
    for (const file of directories.flatMap(filesIn)) process.stderr.write(`\n== ${file}\n${endOf(file)}\n`);
  }
}

function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory).map((name) => join(directory, name));
  } catch {
    return []; // removed already
  }
}

function endOf(file: string) {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines
    .filter((line) => !line.includes(DEBUG))
    .slice(-LINES)
    .join('\n')
    .replaceAll(/(heap out of|allocation|Last few) (memory|failure|GCs)/g, '$1 ($2)'); // Jest would take it for its own worker's last words
}
