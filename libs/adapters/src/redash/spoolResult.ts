import { createWriteStream } from 'node:fs';
import { MusterError, TemporaryFailure } from '@muster/core/errors';
import { type Waiting } from './awaitJob.ts';
import { type Execution } from './executeFresh.ts';
import { type ParameterValues, type RedashCalls } from './redashCalls.ts';

interface Spooling {
  calls: RedashCalls;
  waiting: Waiting;
  parameters: ParameterValues;
  spoolPath: string;
}

/** An answer that lies whole on our disk, and what it must say of itself to be believed. */
export interface SpooledAnswer {
  path: string;
  /** The number of the result; undefined where a key of a query had to ask for the newest one instead. */
  resultId: number | undefined;
  /** The result must not have been made before, by the server's clock. */
  notBefore: number | undefined;
}

const MOST_TRIES = 3;
const CLOCK_SLACK_MS = 5_000; // between the web server of Redash and its workers
const AGE_SLACK_SECONDS = 60;

/**
 * Brings a result to our disk at full speed: Redash cuts off whoever reads for more than a minute. Results never change,
 * so one that broke off is simply asked for again.
 */
export async function spoolResult(spooling: Spooling, { resultId, answeredAt }: Execution): Promise<SpooledAnswer> {
  const { calls, waiting, parameters, spoolPath } = spooling;
  const startedAt = performance.now();
  let isHidden = false;
  for (let tries = 1; ; tries++) {
    const file = createWriteStream(spoolPath, { mode: 0o600 });
    file.on('error', () => undefined); // told by the download, unless that failed before
    try {
      const ageSeconds = Math.ceil((performance.now() - startedAt) / 1_000) + AGE_SLACK_SECONDS;
      if (isHidden) await calls.downloadKept(parameters, ageSeconds, file);
      else await calls.download(resultId, file);
      const notBefore = answeredAt === undefined ? undefined : answeredAt - CLOCK_SLACK_MS;
      return { path: spoolPath, resultId: isHidden ? undefined : resultId, notBefore };
    } catch (error) {
      file.destroy();
      // With its own key a query shows only results of its stored values; a kept result of others is given on request.
      if (isHiddenResult(error) && !isHidden) isHidden = true;
      else if (!(error instanceof TemporaryFailure) || tries >= MOST_TRIES || waiting.deadline.isOver()) throw error;
      else await waiting.deadline.pause(waiting.pollIntervalsMs[0] ?? 500, waiting.signal);
    }
  }
}

function isHiddenResult(error: unknown): boolean {
  return error instanceof MusterError && error.code === 'redashResultHidden';
}
