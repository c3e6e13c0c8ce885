import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { checkout, nodeFlags } from './checkout.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 120_000;

/** Runs a command of the shipped `muster` command line; gives what it answered. Throws with its own words. */
export async function runCli<Answer>(args: string[], env: Record<string, string>): Promise<Answer> {
  try {
    const { stdout } = await run(process.execPath, [...nodeFlags, 'apps/cli/src/main.ts', ...args], {
      cwd: checkout,
      env: { PATH: process.env['PATH'], ...env },
      timeout: TIMEOUT_MS,
    });
    return JSON.parse(stdout) as Answer;
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string };
    throw new Error(`"npm run admin -- ${args.join(' ')}" failed:\n${stderr.trim() || message}`);
  }
}
