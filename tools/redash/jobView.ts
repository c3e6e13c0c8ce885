import { type Job } from './redashJobs.ts';

const WORDS = ['', 'queued', 'started', 'finished', 'failed'];

/** A job as Redash tells of it. */
export function jobView(job: Job): unknown {
  const { id, trick, startedAt, resultId } = job;
  const isFalse = job.status < 3 && (trick.falseFailures ?? 0) > 0;
  if (isFalse) trick.falseFailures = (trick.falseFailures ?? 0) - 1;
  const status = isFalse ? 4 : job.status;
  const updatedAt = status === 2 && startedAt ? startedAt.toISOString().slice(0, -1) : 0; // without a zone
  const head = { id, updated_at: updatedAt };
  if (trick.inWords === true) return { job: { ...head, status: WORDS[status], error: job.error, result_id: resultId } };
  return { job: { ...head, status, error: job.error, result: resultId, query_result_id: resultId } };
}
