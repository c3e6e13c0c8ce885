import { TemporaryFailure } from '@muster/core/errors';
import { type Doorbell } from '@muster/pipeline/doorbell';
import { type Ring } from '@muster/pipeline/run';

/** A queue in memory: rings wait in order until they are taken; it can be away, and it can be flushed. */
export class FakeDoorbell implements Doorbell {
  readonly waiting: Ring[] = [];
  isAway = false;

  async ring(ring: Ring) {
    if (this.isAway) throw new TemporaryFailure('queueUnavailable', 'the queue is away');
    if ((await this.pendingRings([ring])).length === 0) this.waiting.push(ring); // the same ring twice is one job
  }

  async pendingRings(rings: Ring[]) {
    const known = new Set(this.waiting.map(({ runId, step, ring }) => `${runId} ${step} ${ring}`));
    return rings.filter(({ runId, step, ring }) => known.has(`${runId} ${step} ${ring}`));
  }

  /** Takes the oldest ring. */
  take(): Ring | undefined {
    return this.waiting.shift();
  }

  /** Loses all that waits. */
  flush() {
    this.waiting.length = 0;
  }
}
