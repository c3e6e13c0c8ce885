import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Socket } from 'node:net';

/** A program to start, and what shall vanish with it. */
export interface GuardedProgram {
  command: string;
  args: string[];
  logFile: string;
  /** Asks the program to end; ten seconds later it is killed. */
  stopSignal: 'INT' | 'TERM' | 'QUIT';
  /** Directories that vanish when the program is stopped, or when we die; they stay when the program ends by itself. */
  removeAtStop?: string[];
  owner?: { uid: number; gid: number } | undefined;
  /** Beside PATH: nothing else of our environment reaches it. */
  env?: Record<string, string>;
  /** Default: `/`. */
  cwd?: string;
}

/** A running program that cannot outlive us. */
export interface Guarded {
  /** Waits for it to end by itself; gives its exit code. */
  ended(): Promise<number>;
  hasEnded(): boolean;
  /** Ends it, waits for it and removes what belongs to it; a second call does nothing. */
  stop(): Promise<void>;
  /** Ends it as a crash would: SIGKILL, and nothing removed until stop(). */
  kill(): Promise<void>;
  /** Lets go of a program that has ended by itself, and keeps its directories. */
  leave(): Promise<void>;
}

// The shell reads from a pipe that we hold. When we die, however we die, `read` meets its end and the shell clears up.
// A word before the end: `kill` is a crash on purpose; `keep` and `clear` that the program has ended by itself.
const GUARD = `
exec 3<&0 </dev/null
signal=$1 remove=$2; shift 2
"$@" 3<&- >&2 &
program=$!
(
  read -r word <&3
  if [ "$word" = keep ]; then exit; fi
  if [ "$word" = kill ]; then signal=KILL remove=; fi
  if [ "$word" != clear ]; then kill -s "$signal" $program; fi
  tries=0
  while [ "$word" != clear ] && kill -0 $program; do
    sleep 0.05
    tries=$((tries + 1))
    if [ $tries -eq 200 ]; then kill -s KILL $program; fi
  done
  set -f
  IFS='
'
  rm -rf $remove
) >/dev/null 2>&1 &
reader=$!
wait $program
echo $?
wait $reader
`;

/** Starts a program beside a small shell that ends it when we do, even by SIGKILL. */
export function startGuarded(program: GuardedProgram): Guarded {
  const { child, pipe, reply } = spawnGuard(program);
  let code: number | undefined;
  const gone = once(child, 'exit');
  const said = once(reply, 'data').then(([text]) => Number(String(text)));
  const exited = Promise.race([said, gone.then(() => -1)]).then((number) => (code ??= number));
  const awaited = <T>(what: Promise<T>) => {
    reply.ref();
    child.ref();
    return what;
  };
  const end = async (word: string) => {
    pipe.end(word);
    await awaited(gone);
  };
  let ending: Promise<void> | undefined;
  let removal: Promise<void> | undefined;
  return {
    ended: () => awaited(exited),
    hasEnded: () => code !== undefined,
    stop: () =>
      (removal ??= (ending ??= end(code === undefined ? '' : 'clear\n')).then(() =>
        removeDirectories(program.removeAtStop),
      )),
    kill: () => (ending ??= end('kill\n')),
    leave: () => (ending ??= end('keep\n')),
  };
}

function spawnGuard(program: GuardedProgram) {
  const { command, args, logFile, stopSignal, removeAtStop = [], owner } = program;
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn('/bin/sh', ['-c', GUARD, 'guard', stopSignal, removeAtStop.join('\n'), command, ...args], {
    ...owner,
    cwd: program.cwd ?? '/', // ours may be out of reach for the owner
    env: { PATH: process.env['PATH'], LC_ALL: 'C', ...program.env }, // not ours: PGDATA and its like change what a server does
    detached: true, // a Ctrl-C in the terminal reaches only us, and we stop things in order
    stdio: ['pipe', 'pipe', log],
  });
  closeSync(log);
  const pipe = child.stdin as Socket;
  const reply = child.stdout as Socket;
  pipe.on('error', () => undefined); // the shell may be gone already
  for (const handle of [child, pipe, reply]) handle.unref();
  return { child, pipe, reply };
}

async function removeDirectories(paths: string[] = []) {
  for (const path of paths) await rm(path, { recursive: true, force: true, maxRetries: 3 });
}
