import { type StepDeps } from './stepDeps.ts';
import { queueOf } from './tasks.ts';

/** Rings for the task that keeps what a run has decided, if there is one; a ring that fails is let go, since workers look by themselves. */
export async function ringDecisions(
  { taskBell, log }: Pick<StepDeps, 'taskBell' | 'log'>,
  taskId: string | undefined,
): Promise<void> {
  if (taskId === undefined) return;
  await taskBell.ringTask(queueOf.decisions, taskId).catch(() => log.warn('ring.missed', { taskId }));
}
