import { TemporaryFailure } from '@muster/core/errors';

/** One execution of a query, as Redash tells of it. */
export interface RedashJob {
  id: string;
  state: 'waiting' | 'running' | 'finished' | 'failed';
  error: string;
  /** The number of the result, once there is one. */
  resultId: number | undefined;
}

// Numbers in all releases; previews of May 2024 wrote words. 4 is failed or cancelled, 5 cancelled, 6 and 7 wait.
const STATES = new Map<unknown, RedashJob['state']>([
  [1, 'waiting'],
  [2, 'running'],
  [3, 'finished'],
  [4, 'failed'],
  [5, 'failed'],
  [6, 'waiting'],
  [7, 'waiting'],
  ['queued', 'waiting'],
  ['deferred', 'waiting'],
  ['scheduled', 'waiting'],
  ['started', 'running'],
  ['finished', 'finished'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
  ['stopped', 'failed'],
]);

/** Reads `{"job": {…}}`. A state nobody knows counts as running: the deadline ends it. */
export function readJob(body: unknown): RedashJob {
  const job = (body as { job?: unknown } | null)?.job as Record<string, unknown> | null | undefined;
  const id = job?.['id'];
  if (!job || typeof id !== 'string' || id === '') {
    throw new TemporaryFailure('redashNotFresh', 'Redash did not start the query, but gave a kept result or nothing.');
  }
  const error = job['error'];
  return {
    id,
    state: STATES.get(job['status']) ?? 'running',
    error: typeof error === 'string' ? error : '',
    resultId: [job['query_result_id'], job['result_id'], job['result']].find(isResultId),
  };
}

function isResultId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
