import { type RunStatus } from './run.ts';

/** What may be reported of a run that stands so: it begins before it succeeds, and once it has ended it stays as it is. */
const following: Record<RunStatus, readonly RunStatus[]> = {
  pending: ['running', 'failed', 'canceled'],
  running: ['succeeded', 'failed', 'canceled'],
  succeeded: [],
  failed: [],
  canceled: [],
};

/** The statuses that follow from this one; none where the run has ended. */
export function statusesAfter(status: RunStatus): readonly RunStatus[] {
  return following[status];
}
