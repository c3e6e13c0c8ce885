import { type Database } from '@muster/core/database';
import { CancelAsked } from '@muster/pipeline/cancelAsked';

/** Locks a run's row, as whoever takes, ends, cancels or reopens a run does first; gives a check for those whom a cancel stops. */
export async function lockRun(tx: Database, runId: string): Promise<{ refuseCanceled: () => void }> {
  const [run] = await tx.query<{ cancel_asked: boolean }>(
    'select cancel_asked_at is not null as cancel_asked from run where id = $1 for update',
    [runId],
  );
  return {
    refuseCanceled: () => {
      if (run?.cancel_asked) throw new CancelAsked(runId);
    },
  };
}
