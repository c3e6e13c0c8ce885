import { type Job, Queue, UnrecoverableError } from 'bullmq';
import { waitFor } from '@muster/testing/waitFor';
import { type StepName, stepNames } from '@muster/pipeline/run';
import { type ShownRun } from '../e2e/campaignRuns.ts';
import { type Store } from '../e2e/queueStore.ts';

type State = 'active' | 'delayed' | 'failed';

/** The jobs of all steps that BullMQ has given up, each as the reason that it gives. */
export async function failedJobs(store: Store): Promise<string[]> {
  const perStep = await Promise.all(stepNames.map((step) => onStep(store, step, (queue) => queue.getFailed())));
  return perStep.flat().map(({ failedReason }) => failedReason);
}

/** Waits until the steps' queues hold no job that somebody works on, or has still to take; gives how many were done for a run. */
export async function untilAllTaken(store: Store, runId: string): Promise<Record<string, number>> {
  const perStep = stepNames.map((step) =>
    onStep(store, step, async (queue) => {
      const isTaken = async () => (await queue.getJobCountByTypes(...OPEN)) === 0;
      await waitFor(isTaken, { timeoutMs: 60_000, everyMs: 100, what: `all jobs of ${step} to be taken` });
      const done = (await queue.getCompleted()) as Job<{ runId: string }>[];
      return [step, done.filter((job) => job.data.runId === runId).length] as const;
    }),
  );
  return Object.fromEntries(await Promise.all(perStep));
}

/** How often, at most, a job of a step of a run was taken beyond the attempts at the step: it came too early, and was put back. */
export function timesTooEarly(store: Store, step: StepName, run: ShownRun): Promise<number> {
  const attempts = run.steps.find(({ name }) => name === step)?.attempts ?? 0;
  return onStep(store, step, async (queue) => {
    const jobs = (await queue.getJobs(['completed', 'delayed'])) as Job<{ runId: string }>[];
    const taken = jobs.filter((job) => job.data.runId === run.id).map((job) => job.attemptsStarted);
    return Math.max(0, ...taken) - attempts;
  });
}

/** Has BullMQ give up the job of a step that is under way, as its own rules would. */
export async function failJob(store: Store, step: StepName, runId: string): Promise<void> {
  await onStep(store, step, async (queue) => {
    const job = await untilJob(queue, 'active', runId);
    await job.moveToFailed(new UnrecoverableError('given up on purpose'), NO_LOCK, false);
  });
}

/** Waits until the job of a step was put off. */
export async function untilPutOff(store: Store, step: StepName, runId: string): Promise<void> {
  await onStep(store, step, (queue) => untilJob(queue, 'delayed', runId));
}

/** Waits until the job of a step was put off; gives what it counts as tries, and makes it due at once. */
export async function promoteJob(store: Store, step: StepName, runId: string): Promise<Pick<Job, 'attemptsMade'>> {
  return onStep(store, step, async (queue) => {
    const job = await untilJob(queue, 'delayed', runId);
    await job.promote();
    return { attemptsMade: job.attemptsMade };
  });
}

const OPEN = ['waiting', 'active', 'delayed', 'prioritized'] as const;
const NO_LOCK = '0'; // BullMQ's word for whoever holds none

function untilJob(queue: Queue, state: State, runId: string): Promise<Job<{ runId: string }>> {
  const look = async () => {
    const jobs = (await queue.getJobs([state])) as Job<{ runId: string }>[];
    return jobs.find((job) => job.data.runId === runId);
  };
  return waitFor(look, { what: `a job of run ${runId} that is ${state}`, everyMs: 50 });
}

async function onStep<Result>({ prefix, redisUrl }: Store, step: StepName, use: (queue: Queue) => Promise<Result>) {
  if (redisUrl === undefined) throw new Error('these jobs are looked at in Redis only');
  const queue = new Queue(step, { connection: { url: redisUrl }, prefix });
  try {
    return await use(queue);
  } finally {
    await queue.close();
  }
}
