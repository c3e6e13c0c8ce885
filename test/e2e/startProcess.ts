import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startGuarded } from '@muster/testing/startGuarded';
import { waitFor } from '@muster/testing/waitFor';

/** A line of a process's log; what is no JSON (a crash of Node itself) stands in `event`. */
export interface LogLine {
  event: string;
  pid?: number;
  url?: string;
  runId?: string;
  step?: string;
  attempt?: number;
}

/** One of the processes, started as it is shipped. */
export interface MusterProcess {
  name: string;
  pid: number;
  lines(): Promise<LogLine[]>;
  /** Waits for a line that fits. */
  line(event: string, fits?: (line: LogLine) => boolean): Promise<LogLine>;
  hasEnded(): boolean;
  /** Waits for its end; gives its exit code. */
  ended(): Promise<number>;
  /** SIGTERM; gives the exit code. */
  stop(): Promise<number>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

interface Start {
  app: 'api' | 'worker' | 'scheduler';
  /** Another entry than the app's own, as built, from the checkout's top. */
  main?: string;
  /** Tells it from others of its kind. */
  name: string;
  env: Record<string, string>;
  /** Where its log goes: `<name>.log`. */
  logs: string;
  /** Told what ends it, before it has started. */
  onSpawn: (stoppable: { stop: () => Promise<void> }) => void;
}

const checkout = join(import.meta.dirname, '..', '..');
const START_TIMEOUT_MS = 60_000;

/** Starts a process; resolves once it says that it has started. It ends when we do, even by SIGKILL. */
export async function startProcess({ app, main, name, env, logs, onSpawn }: Start): Promise<MusterProcess> {
  const logFile = join(logs, `${name}.log`);
  const guarded = startGuarded({
    command: process.execPath,
    args: [...shippedOptions(), main ?? `apps/${app}/dist/main.js`],
    ...{ logFile, stopSignal: 'TERM' as const, env, cwd: checkout },
  });
  onSpawn({ stop: () => guarded.kill() });
  const lines = async () => readLines(await readFile(logFile, 'utf8'));
  const line = (event: string, fits: (line: LogLine) => boolean = () => true) => {
    const find = async () => (await lines()).find((candidate) => candidate.event === event && fits(candidate));
    return waitFor(find, { timeoutMs: START_TIMEOUT_MS, everyMs: 50, what: `${name} to log ${event}` });
  };
  await Promise.race([line('process.started'), guarded.ended()]);
  const started = (await lines()).find(({ event }) => event === 'process.started'); // it may have died of its first job since
  if (!started) throw new Error(`${name} did not start: ${await readFile(logFile, 'utf8')}`);
  return {
    ...{ name, lines, line, pid: started.pid ?? 0 },
    hasEnded: () => guarded.hasEnded(),
    ended: () => guarded.ended(),
    stop: async () => {
      await guarded.stop();
      return guarded.ended();
    },
    kill: () => guarded.kill(),
  };
}

/** The options of Node that the image starts each process with. */
function shippedOptions() {
  const [, options] = /^ENV NODE_OPTIONS="(.+)"$/m.exec(readFileSync(join(checkout, 'Dockerfile'), 'utf8')) ?? [];
  if (options === undefined) throw new Error('the Dockerfile names no NODE_OPTIONS');
  return options.split(' ');
}

function readLines(text: string): LogLine[] {
  return text.split('\n').filter(Boolean).map(readLine);
}

function readLine(text: string): LogLine {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return { event: text };
  }
}
