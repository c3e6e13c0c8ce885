import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startGuarded, type Guarded } from '@muster/testing/startGuarded';
import { waitFor } from '@muster/testing/waitFor';
import { checkout, nodeFlags } from './checkout.ts';

export type AppName = 'api' | 'worker' | 'scheduler';

/** A process as it is shipped. */
export interface App {
  name: AppName;
  logFile: string;
  /** Waits for it to end by itself; gives its exit code. */
  ended(): Promise<number>;
  stop(): Promise<void>;
}

/** An app that ended instead of starting. */
export class NotStarted extends Error {
  readonly log: string;

  constructor({ name, logFile }: { name: string; logFile: string }, log: string) {
    const end = log.trimEnd().split('\n').slice(-5).join('\n');
    super(`the ${name} did not start; the end of ${logFile}:\n${end}`);
    this.log = log;
  }
}

const START_TIMEOUT_MS = 60_000;

/** How an app is started: `copy` is its number among those that took over from a dead one. */
interface StartOptions {
  env: Record<string, string>;
  logs: string;
  copy?: number;
}

/** Starts an app beside a guard that ends it when we die; resolves when it has started. Throws NotStarted. */
export async function startApp(name: AppName, { env, logs, copy = 1 }: StartOptions): Promise<App> {
  const logFile = join(logs, copy === 1 ? `${name}.log` : `${name}-${copy}.log`);
  await rm(logFile, { force: true });
  const guarded = startGuarded({
    ...{ command: process.execPath, args: [...nodeFlags, `apps/${name}/src/main.ts`] },
    ...{ logFile, stopSignal: 'TERM' as const, env, cwd: checkout },
  });
  await whenStarted(guarded, { name, logFile });
  return { name, logFile, ended: () => guarded.ended(), stop: () => guarded.stop() };
}

async function whenStarted(guarded: Guarded, app: { name: string; logFile: string }) {
  const read = () => readFile(app.logFile, 'utf8').catch(() => '');
  const isSettled = async () => guarded.hasEnded() || (await read()).includes('process.started');
  const what = `the ${app.name} to start; ${app.logFile} may say why it does not`;
  await waitFor(isSettled, { timeoutMs: START_TIMEOUT_MS, everyMs: 50, what });
  if (!guarded.hasEnded()) return;
  await guarded.stop();
  throw new NotStarted(app, await read());
}
