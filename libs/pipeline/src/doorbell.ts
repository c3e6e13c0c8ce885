import { type Ring } from './run.ts';

/** The queue, as a run sees it: it can be rung, and it can be asked which rings are still to be answered. */
export interface Doorbell {
  /** Rings for a step. Throws TemporaryFailure `queueUnavailable` in bounded time; callers let it go, since the healer rings again. */
  ring(ring: Ring): Promise<void>;
  /** Those of `rings` that are waiting, delayed, paused or active. Completed, failed and absent all count as gone. */
  pendingRings(rings: Ring[]): Promise<Ring[]>;
}
