import { type BullMQAdapter } from '@bull-board/api/bullMQAdapter';

/** Which of these runs whoever looks may see. */
export type FindOwnRuns = (runIds: string[]) => Promise<Set<string>>;

type Job = Awaited<ReturnType<BullMQAdapter['getJobs']>>[number];

/**
 * Hides from the dashboard the jobs of runs that are not the viewer's: their ids are another company's. All that it does
 * with single jobs goes through these two.
 */
export function showOwnJobs(adapter: BullMQAdapter, findOwnRuns: FindOwnRuns): void {
  const own = async (jobs: Job[]) => {
    const runIds = jobs.map(runIdOf);
    const ownRuns = await findOwnRuns(runIds.filter((id) => id !== undefined));
    return jobs.filter((_, i) => ownRuns.has(runIds[i] ?? ''));
  };
  const [getJob, getJobs] = [adapter.getJob.bind(adapter), adapter.getJobs.bind(adapter)];
  adapter.getJobs = async (statuses, start, end) => own(await getJobs(statuses, start, end));
  adapter.getJob = async (id) => {
    const job = await getJob(id);
    return job && (await own([job]))[0];
  };
}

function runIdOf(job: Job): string | undefined {
  const { runId } = (job.toJSON().data ?? {}) as { runId?: unknown };
  return typeof runId === 'string' ? runId : undefined;
}
