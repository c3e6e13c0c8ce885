import { InvalidInput, NotReady } from '@muster/core/errors';
import { type StepJob } from '@muster/pipeline/run';
import {
  jobIdOf,
  newRing,
  queueBench,
  queueStores,
  untilStopped,
  type QueueBench,
  type QueueStoreName,
} from '@muster/testing/queueBench';
import { waitFor } from '@muster/testing/waitFor';

let bench: QueueBench | undefined;
const newBench = async (store: QueueStoreName) => (bench = await queueBench(store));
afterEach(() => bench?.close());

describe.each(queueStores)('a job on %s', (kind) => {
  describe('a failure', () => {
    it('that says "not ready" is asked later, and no attempt is counted', async () => {
      const { open, raw } = await newBench(kind);
      const queues = await open();
      const ring = newRing();
      let asked = 0;
      const process = async () => {
        if (++asked <= 6) throw new NotReady(20, 'not yet'); // one more than there are attempts
      };

      await queues.work('query', process, { concurrency: 1 });
      await queues.ring(ring);
      await waitFor(async () => (await raw('query').getJobState(jobIdOf(ring))) === 'completed');

      expect(await raw('query').getJob(jobIdOf(ring))).toMatchObject({ attemptsMade: 1 });
    });

    it('that trying again cannot help ends the job, in our own words', async () => {
      const { open, raw } = await newBench(kind);
      const queues = await open();
      const ring = newRing();
      const fault = { field: 'host', code: 'missing', message: 'must be set' };

      await queues.work('query', () => Promise.reject(new InvalidInput([fault])), { concurrency: 1 });
      await queues.ring(ring);
      await waitFor(async () => (await raw('query').getJobState(jobIdOf(ring))) === 'failed');

      expect(await raw('query').getJob(jobIdOf(ring))).toMatchObject({
        attemptsMade: 1,
        failedReason: 'invalidInput: host: must be set',
      });
    });

    it('that is a bug is tried again, and its words are nowhere', async () => {
      const { open, raw, lines } = await newBench(kind);
      const queues = await open();
      const ring = newRing();
      let asked = 0;
      const process = async (job: StepJob, signal: AbortSignal) => {
        if (++asked === 1) throw new RangeError('jane@example.org is out of range');
        await untilStopped(job, signal);
      };

      await queues.work('query', process, { concurrency: 1 });
      await queues.ring(ring);
      await waitFor(() => asked === 2);
      const stored = JSON.stringify(await raw('query').getJob(jobIdOf(ring)));

      expect(stored).toContain('unexpected RangeError');
      const told = lines.find(({ fields }) => fields['reason'] === 'jobFailed');
      expect(told).toMatchObject({ event: 'queue.trouble', fields: { queue: 'query' } });
      expect(stored + JSON.stringify(lines)).not.toContain('jane');
    });

    it('of a payload is final', async () => {
      const { open, raw } = await newBench(kind);
      const queues = await open();
      let worked = 0;

      await queues.work(
        'query',
        async () => {
          worked++;
        },
        { concurrency: 1 },
      );
      await raw('query').add('query', { v: 1, runId: 'a'.repeat(36), step: 'upload' }, { jobId: 'bad-1', attempts: 5 });
      await waitFor(async () => (await raw('query').getJobState('bad-1')) === 'failed');

      expect(worked).toBe(0);
    });
  });

  it('leaves a payload of another version to the workers that know it', async () => {
    const { open, raw } = await newBench(kind);
    const queues = await open();
    let worked = 0;

    await queues.work(
      'query',
      async () => {
        worked++;
      },
      { concurrency: 1 },
    );
    await raw('query').add('query', { v: 2, runOfTomorrow: 'x' }, { jobId: 'tomorrow-1' });
    await waitFor(async () => (await raw('query').getJobState('tomorrow-1')) === 'delayed');

    expect(worked).toBe(0);
  });
});
