import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { cleanMessage } from './cleanMessage.ts';
import { type Deadline } from './deadline.ts';
import { type RedashCalls } from './redashCalls.ts';
import { type RedashJob } from './redashJob.ts';

/** How to wait for a job. */
export interface Waiting {
  /** Pauses before each question; the last one goes on for ever. */
  pollIntervalsMs: number[];
  deadline: Deadline;
  signal: AbortSignal;
}

/** The rhythm of Redash's own page. */
export const WEB_UI_RHYTHM_MS = [...Array<number>(10).fill(500), ...Array<number>(40).fill(1_000), 3_000];

const PATIENCE = 5; // a proxy's hiccup must not throw away an hour of query
const MORE_LOOKS = 5; // previews of 2024 say "failed", without a reason, of jobs that still run

/** Asks for a job until it has ended, well or badly. Throws `queryOverdue` at the deadline. */
export async function awaitJob(calls: RedashCalls, first: RedashJob, waiting: Waiting): Promise<RedashJob> {
  let job = first;
  let troubles = 0;
  let looks = 0;
  for (let tries = 0; ; tries++) {
    if (job.state === 'finished') return job;
    if (job.state === 'failed' && (job.error !== '' || looks++ >= MORE_LOOKS)) return job;
    const { pollIntervalsMs, deadline, signal } = waiting;
    await deadline.pause(pollIntervalsMs[Math.min(tries, pollIntervalsMs.length - 1)] ?? 1_000, signal);
    if (deadline.isOver()) throw overdue(calls, job);
    try {
      job = await calls.find(job.id);
      troubles = 0;
    } catch (error) {
      if (!(error instanceof TemporaryFailure) || signal.aborted || ++troubles > PATIENCE) throw jobTrouble(error);
    }
  }
}

/** The result of a job that has ended. Throws what went wrong, in the database's own words. */
export function resultIdOf(calls: RedashCalls, job: RedashJob): number {
  const query = `Redash query ${calls.address.queryId}`;
  const details = { queryId: calls.address.queryId };
  if (job.state === 'finished' && job.resultId !== undefined) return job.resultId;
  if (job.error === '') {
    throw new TemporaryFailure(
      'queryLost',
      `${query} failed without a reason: its worker was ended, or the result was too big to be kept. Let it give fewer rows if this goes on.`,
      { details },
    );
  }
  if (/^Query (cancelled by user|execution cancelled)/.test(job.error)) {
    // Perhaps not meant for us: whoever asks for the same query is handed the same job.
    throw new TemporaryFailure('queryCanceled', `${query} was cancelled in Redash.`, { details });
  }
  if (/execution time limit/.test(job.error)) {
    const sentence = `${query} took longer than Redash allows: make it faster, or raise Redash's limit.`;
    throw new PermanentFailure('queryTimedOut', sentence, { details });
  }
  throw new PermanentFailure('queryFailed', `${query} failed: ${cleanMessage(job.error)}`, { details });
}

function overdue({ address: { queryId } }: RedashCalls, job: RedashJob) {
  const why = job.state === 'waiting' ? 'no worker of Redash has taken it' : 'it is still running';
  return new TemporaryFailure('queryOverdue', `Redash query ${queryId} did not end in time: ${why}.`, {
    details: { queryId },
  });
}

/** A job that Redash has forgotten is answered with 500, the same as any trouble of its own. */
function jobTrouble(error: unknown): unknown {
  if (!(error instanceof TemporaryFailure) || error.details['status'] !== 500) return error;
  return new TemporaryFailure('redashJobMissing', 'Redash does not know the execution any more; it is started again.', {
    details: error.details,
  });
}
