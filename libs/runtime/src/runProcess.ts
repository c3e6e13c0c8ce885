import { hostname } from 'node:os';
import { InvalidInput, MusterError } from '@muster/core/errors';
import { type Log } from '@muster/core/log';
import { type Config, explainConfig, readConfig } from './config.ts';
import { openLog } from './log.ts';

/** A process that has started: how it is stopped, in order. */
export interface Started {
  /** Stops taking work, finishes or hands back what is under way, closes connections. */
  stop(): Promise<void>;
}

export interface ProcessContext {
  config: Config;
  log: Log;
  /** Ends the process with code 1: for what cannot be mended in it. The supervisor starts another. */
  giveUp(reason: string, error?: unknown): void;
}

/**
 * The frame of a process: settings, start, stop on a signal within the limit. A second signal ends it at once. An error
 * that nobody has caught is logged once and ends the process: it must not go on in an unknown state.
 */
export async function runProcess(name: string, start: (context: ProcessContext) => Promise<Started>): Promise<void> {
  const config = await readConfig(process.env).catch(exitWithFaults);
  const log = openLog({ name, level: config.LOG_LEVEL });
  const giveUp = (reason: string, error?: unknown) => {
    log.error('process.failed', { reason }, error);
    process.exit(1);
  };
  process.on('uncaughtException', (error) => giveUp('uncaught exception', error));
  process.on('unhandledRejection', (error) => giveUp('unhandled rejection', error));

  const started = await start({ config, log, giveUp }).catch((error: unknown) => exitAtStart(log, error));
  log.info('process.started', { host: hostname(), pid: process.pid });
  stopOnSignal(started, config, log);
}

function stopOnSignal(started: Started, config: Config, log: Log) {
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info('process.stopping', { signal });
    setTimeout(() => {
      log.warn('process.stopLate');
      process.exit(1);
    }, config.STOP_WITHIN_MS).unref();
    started.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error('process.stopFailed', {}, error);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
  process.on('message', (message) => message === 'stop' && stop('message')); // from a parent process
}

function exitWithFaults(error: unknown): never {
  console.error(error instanceof InvalidInput ? explainConfig(error) : error);
  process.exit(1);
}

function exitAtStart(log: Log, error: unknown): never {
  log.error('process.notStarted', {}, error);
  if (error instanceof MusterError) console.error(error.message);
  process.exit(1);
}
