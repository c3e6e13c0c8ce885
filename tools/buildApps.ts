import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { checkout } from './demo/checkout.ts';

const run = promisify(execFile);
const faultProcesses = 'test/faults/processes';

/**
 * Makes the JavaScript that is shipped, and that of the fault tests' processes, where it is not that of the sources: a
 * process starts from it in less than half the time, and with less than half the memory, that TypeScript takes.
 */
export async function buildApps(): Promise<void> {
  const args = ['node_modules/typescript/bin/tsc', '-b', 'tsconfig.build.json', faultProcesses];
  await run(process.execPath, args, { cwd: checkout }).catch((error: unknown) => {
    throw new Error(`the apps could not be built:\n${(error as { stdout?: string }).stdout ?? String(error)}`);
  });
}
