import { newRing, jobIdOf, queueBench, queueStores, type QueueBench } from '@muster/testing/queueBench';

const DAY_MS = 25 * 3_600_000;
const MINUTE_MS = 60_000;

let bench: QueueBench | undefined;
afterEach(() => bench?.close());

describe.each(queueStores)('a ring on %s', (kind) => {
  it('that a worker with a fast clock has put off until tomorrow does not count as pending: the healer rings again', async () => {
    bench = await queueBench(kind);
    const queues = await bench.open();
    const [tomorrow, soon] = [newRing('upload'), newRing('upload')];
    for (const [ring, delay] of [
      [tomorrow, DAY_MS],
      [soon, MINUTE_MS],
    ] as const) {
      const payload = { v: 1, runId: ring.runId, step: ring.step };
      await bench.raw('upload').add('upload', payload, { jobId: jobIdOf(ring), delay });
    }

    expect(await queues.pendingRings([tomorrow, soon])).toEqual([soon]);
  });
});
