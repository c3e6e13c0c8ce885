import { fork } from 'node:child_process';
import { NotReady } from '@muster/core/errors';
import { type Log } from '@muster/core/log';
import { type StepJob } from '@muster/pipeline/run';

/** The child's exit code for "later", with the wait in a message before it. */
export const LATER = 75;

interface IsolateOptions {
  log: Log;
  /** After a crash, how long to wait until its lease is over. */
  leaseMs: number;
}

/**
 * Runs a step that has killed two workers in a process of its own, so that it takes no innocent ones with it. Throws
 * NotReady when the step wants to be asked again later, and when the child crashed: the next claim counts it.
 */
export function isolateStep({ log, leaseMs }: IsolateOptions) {
  return (job: StepJob, stop: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      log.warn('step.isolated', { runId: job.runId, step: job.step });
      const child = fork(process.argv[1] ?? '', ['--only', `${job.runId}/${job.step}`], { execArgv: process.execArgv });
      let laterMs = leaseMs;
      child.on('message', (message) => {
        laterMs = (message as { retryAfterMs?: number }).retryAfterMs ?? leaseMs;
      });
      const onStop = () => child.connected && child.send('stop');
      stop.addEventListener('abort', onStop, { once: true });
      child.on('error', reject);
      child.on('exit', (code, signal) => {
        stop.removeEventListener('abort', onStop);
        if (code !== 0 && code !== LATER) log.error('step.crashed', { runId: job.runId, step: job.step, code, signal });
        if (code === 0) resolve();
        else reject(new NotReady(laterMs, `${job.step} of run ${job.runId} is to be asked again`));
      });
    });
}
