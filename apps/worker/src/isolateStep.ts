import { type ChildProcess, fork } from 'node:child_process';
import { NotReady } from '@muster/core/errors';
import { type Log } from '@muster/core/log';
import { type StepJob } from '@muster/pipeline/run';

/** The child's exit code for "later", with the wait in a message before it. */
export const LATER = 75;

/** What the child tells: that its event loop goes on, when to ask again, or that the secret key was replaced. */
export type ChildMessage = { beat: true } | { retryAfterMs: number } | { keyReplaced: true };

interface IsolateOptions {
  /** After a crash, how long to wait until its lease is over. */
  leaseMs: number;
  /** Called when the child finds that the secret key was replaced. */
  onKeyReplaced?: () => void;
  /** How long the child may take before its first beat. */
  startMs?: number;
  /** What the child runs. */
  main?: string;
}

interface Isolation {
  stop: AbortSignal;
  /** The step's: its lines name it, its run, and whose that is. */
  log: Log;
}

const START_MS = 60_000;
const SILENT_LEASES = 3;

/**
 * Runs a step that has killed two workers in a process of its own, so that it takes no innocent ones with it. Throws
 * NotReady when the step wants to be asked again later, and when the child crashed or hung: the next claim counts it.
 */
export function isolateStep(options: IsolateOptions) {
  const { leaseMs, main = process.argv[1] ?? '' } = options;
  return ({ runId, step }: StepJob, { stop, log }: Isolation): Promise<void> =>
    new Promise((resolve, reject) => {
      log.warn('step.isolated');
      const child = fork(main, ['--only', `${runId}/${step}`], { execArgv: process.execArgv });
      const watch = killSilent(child, options, () => log.error('step.hangs'));
      let laterMs = leaseMs;
      child.on('message', (message: ChildMessage) => {
        if ('retryAfterMs' in message) laterMs = message.retryAfterMs;
        else if ('keyReplaced' in message) options.onKeyReplaced?.();
        else watch.beat();
      });
      const onStop = () => child.connected && child.send('stop');
      stop.addEventListener('abort', onStop, { once: true });
      child.on('error', reject);
      child.on('exit', (code, signal) => {
        watch.end();
        stop.removeEventListener('abort', onStop);
        if (code !== 0 && code !== LATER) log.error('step.crashed', { code, signal });
        if (code === 0) resolve();
        else reject(new NotReady(laterMs, `${step} of run ${runId} is to be asked again`));
      });
    });
}

/** Kills a child that beats no more: its event loop is blocked, and the queue would take it for alive for ever. */
function killSilent(child: ChildProcess, { leaseMs, startMs = START_MS }: IsolateOptions, onSilent: () => void) {
  // counted, not timed: if our own event loop was blocked, the beats that wait come before the next look
  let looksLeft = Math.max(SILENT_LEASES, Math.ceil(startMs / leaseMs));
  const timer = setInterval(() => {
    looksLeft -= 1;
    if (looksLeft >= 0) return;
    clearInterval(timer);
    onSilent();
    child.kill('SIGKILL');
  }, leaseMs);
  return {
    beat: () => {
      looksLeft = SILENT_LEASES;
    },
    end: () => clearInterval(timer),
  };
}
