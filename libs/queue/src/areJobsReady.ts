import { type JobQueue } from './jobQueue.ts';

/** Whether a worker could take a job of this queue at once: some wait, and it is neither paused nor limited. */
export async function areJobsReady(queue: JobQueue): Promise<boolean> {
  const [counts, isPaused, isMaxed, limitedForMs] = await Promise.all([
    queue.getJobCounts('waiting', 'prioritized'),
    queue.isPaused(),
    queue.isMaxed(), // as many are under way as may be at a time
    queue.getRateLimitTtl(),
  ]);
  const waiting = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return waiting > 0 && !isPaused && !isMaxed && limitedForMs <= 0;
}
