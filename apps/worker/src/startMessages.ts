import { handleMessage, type MessageDeps } from '@muster/messaging/handleMessage';
import { sendText, type TextDeps } from '@muster/messaging/sendText';
import { type AnswerRing, type BellWorker, type TaskBell } from '@muster/pipeline/taskBell';
import { workOnRings } from '@muster/pipeline/workOnRings';
import { inTurns, type Job } from './inTurns.ts';

const SWEEP_EVERY_MS = 1_000; // somebody has written, and waits

/**
 * Starts a worker on the texts that come in and on those that answer none: on one for each ring, and on those that it finds. Both
 * are one list with one queue: a ring says only "look", and whoever answers it takes what there is, so that no text waits behind
 * a ring that the other kind's worker was given. They take turns, so that a flood of the one holds nobody of the other up.
 */
export function startMessages(
  deps: MessageDeps & TextDeps & { bell: TaskBell },
  { concurrency }: { concurrency: number },
): Promise<BellWorker> {
  const list = {
    name: 'messages',
    claim: inTurns([() => takeMessage(deps), () => takeText(deps)]),
    execute: (work: Job, stop: AbortSignal) => work(stop),
    workRings: (answer: AnswerRing, how: { concurrency: number }) => deps.bell.workTasks('messages', answer, how),
    log: deps.log,
  };
  return workOnRings(list, { concurrency, sweepEveryMs: SWEEP_EVERY_MS });
}

async function takeMessage(deps: MessageDeps): Promise<Job | undefined> {
  const claim = await deps.inbox.claim();
  return claim && ((stop) => handleMessage(claim, deps, stop));
}

async function takeText(deps: TextDeps): Promise<Job | undefined> {
  const claim = await deps.outbox.claim();
  return claim && ((stop) => sendText(claim, deps, stop));
}
