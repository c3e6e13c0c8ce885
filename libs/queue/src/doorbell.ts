import { type Doorbell } from '@muster/pipeline/doorbell';
import { type Ring } from '@muster/pipeline/run';
import { askStore } from './askStore.ts';
import { type JobQueues } from './buildQueues.ts';
import { type QueueSettings } from './queueSettings.ts';
import { type QueueStore } from './queueStore.ts';
import { PAYLOAD_VERSION } from './runWorker.ts';

/** The doorbell of the steps. A ring that got no answer may have been heard; its id makes the repeat harmless. */
export function doorbell(queues: JobQueues, store: QueueStore, settings: QueueSettings): Doorbell {
  return {
    ring: async (ring) => {
      const { runId, step } = ring;
      const payload = { v: PAYLOAD_VERSION, runId, step };
      await askStore(settings.ringDeadlineMs, () => queues[step].add(step, payload, { jobId: jobIdOf(ring) }));
    },
    pendingRings: async (rings) => {
      const keys = rings.map((ring) => ({ queue: ring.step, id: jobIdOf(ring) }));
      const answers = await askStore(settings.askDeadlineMs, () => store.arePending(keys)); // cut there, where cuts are cheap
      return rings.filter((_, i) => answers[i]);
    },
  };
}

/** With the ring's number, so that a finished job that is still kept never swallows a new ring. */
function jobIdOf({ runId, step, ring }: Ring) {
  return `${runId}-${step}-${ring}`;
}
