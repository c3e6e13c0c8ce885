import { TemporaryFailure } from '@muster/core/errors';
import { awaitJob, resultIdOf, type Waiting } from './awaitJob.ts';
import { type ParameterValues, type RedashCalls } from './redashCalls.ts';
import { type RedashJob } from './redashJob.ts';

/** An execution that began after it was asked for. */
export interface Execution {
  resultId: number;
  /** When the server answered the request, by its own clock. */
  answeredAt: number | undefined;
}

const MOST_STARTS = 5;

/**
 * Executes a query afresh. Redash hands out the job of somebody else who asked for the same query. One that still waits
 * will begin after our request, so it is as good as ours. One that has begun is waited for and the request repeated:
 * whatever job comes then was made after the first had ended, hence after our first request.
 */
export async function executeFresh(
  calls: RedashCalls,
  parameters: ParameterValues,
  waiting: Waiting,
): Promise<Execution> {
  const first = await calls.start(parameters);
  if (first.job.state === 'waiting') return finish(calls, first, waiting);
  await settle({ calls, waiting, isOurs: false }, first.job);
  for (let starts = 1; starts < MOST_STARTS; starts++) {
    const next = await calls.start(parameters);
    if (next.job.id !== first.job.id) return finish(calls, next, waiting);
    await waiting.deadline.pause(waiting.pollIntervalsMs[0] ?? 500, waiting.signal); // its lock is not gone yet
  }
  throw new TemporaryFailure(
    'redashNotFresh',
    "Redash keeps handing out somebody else's earlier execution of the query.",
  );
}

async function finish(
  calls: RedashCalls,
  { job, answeredAt }: { job: RedashJob; answeredAt: number | undefined },
  waiting: Waiting,
) {
  const ended = await settle({ calls, waiting, isOurs: true }, job);
  return { resultId: resultIdOf(calls, ended), answeredAt };
}

interface Settling {
  calls: RedashCalls;
  waiting: Waiting;
  isOurs: boolean;
}

/** Waits for the end; whoever gives up before ends the job, so that the next attempt is not handed a dead one. */
async function settle({ calls, waiting, isOurs }: Settling, job: RedashJob): Promise<RedashJob> {
  try {
    return await awaitJob(calls, job, waiting);
  } catch (error) {
    // Another's job is none of ours, but one that never ends would be handed out for ever.
    if (isOurs || waiting.deadline.isOver()) await calls.cancel(job.id);
    throw error;
  }
}
