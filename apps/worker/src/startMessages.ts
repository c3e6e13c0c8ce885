import { handleMessage, type MessageDeps } from '@muster/messaging/handleMessage';
import { type MessageClaim } from '@muster/messaging/inbox';
import { type AnswerRing, type BellWorker, type TaskBell } from '@muster/pipeline/taskBell';
import { workOnRings } from '@muster/pipeline/workOnRings';

const SWEEP_EVERY_MS = 1_000; // somebody has written, and waits

/** Starts a worker on the texts that come in: on one for each ring, and on those that it finds. */
export function startMessages(
  deps: MessageDeps & { bell: TaskBell },
  { concurrency }: { concurrency: number },
): Promise<BellWorker> {
  const list = {
    name: 'messages',
    claim: () => deps.inbox.claim(),
    execute: (claim: MessageClaim, stop: AbortSignal) => handleMessage(claim, deps, stop),
    workRings: (answer: AnswerRing, how: { concurrency: number }) => deps.bell.workTasks('messages', answer, how),
    log: deps.log,
  };
  return workOnRings(list, { concurrency, sweepEveryMs: SWEEP_EVERY_MS });
}
