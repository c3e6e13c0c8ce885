import { Worker, type IQueueBackend, type JobProgress } from 'bullmq';

/** BullMQ's worker, except that it can be let go of while the store is away. */
export class BoundedWorker extends Worker<unknown, void, string, IQueueBackend, JobProgress, unknown> {
  /** Drops timers and connections at once. Jobs stay active in the store until their lock expires. */
  abandon(): void {
    void this.lockManager.close();
    void this.backend.disconnectBlocking(false).catch(() => undefined);
    void this.backend.disconnect().catch(() => undefined); // may never answer
  }

  // BullMQ waits here for 5 s, which nothing ends. The search for stalled jobs has an interval of its own to wait for.
  protected override checkConnectionError<Result>(ask: () => Promise<Result>): Promise<Result | undefined> {
    return super.checkConnectionError(ask, 0);
  }
}
