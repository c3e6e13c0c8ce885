import { waitFor } from '@muster/testing/waitFor';
import { watchWorker } from './watchWorker.ts';

/** A worker as a test wants it, watched for 60 ms. `looked` counts the questions about it. */
function watched() {
  const worker = { given: 0, free: true, areReady: async () => true };
  let looked = 0;
  let deaf = 0;
  const end = watchWorker(
    {
      given: () => worker.given,
      hasFreeSlot: () => (looked++, worker.free),
      areJobsReady: () => worker.areReady(),
    },
    { afterMs: 60, onDeaf: () => deaf++ },
  );
  const lookedOften = (times = 30) => {
    const from = looked;
    return waitFor(() => looked >= from + times);
  };
  return { worker, end, lookedOften, isDeaf: () => deaf > 0, deaf: () => deaf };
}

it('finds a worker deaf that takes nothing though it could, and says so once', async () => {
  const { isDeaf, deaf, end } = watched();
  const startedMs = performance.now();
  await waitFor(isDeaf);
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(60);
  end();
  expect(deaf()).toBe(1);
});

it.each<[string, Partial<ReturnType<typeof watched>['worker']>]>([
  ['has no free slot', { free: false }],
  ['has nothing to take', { areReady: async () => false }],
  ['cannot be asked about, since the store is away', { areReady: () => Promise.reject(new Error('away')) }],
])('leaves a worker alone that %s', async (_, as) => {
  const { worker, lookedOften, isDeaf, end } = watched();
  Object.assign(worker, as);
  await lookedOften();
  end();
  expect(isDeaf()).toBe(false);
});

it('leaves a worker alone that is given something now and then', async () => {
  const { worker, lookedOften, isDeaf, end } = watched();
  for (let i = 0; i < 8; i++) {
    worker.given++;
    await lookedOften(4); // two a look, of seven that it takes
  }
  end();
  expect(isDeaf()).toBe(false);
});

it('begins anew after each look that finds all well', async () => {
  const { worker, lookedOften, isDeaf, end } = watched();
  for (let i = 0; i < 6; i++) {
    worker.areReady = async () => true;
    await lookedOften(4);
    worker.areReady = () => Promise.reject(new Error('away'));
    await lookedOften(4);
  }
  end();
  expect(isDeaf()).toBe(false);
});

it('says nothing once it was ended', async () => {
  const { worker, end, isDeaf, lookedOften } = watched();
  let answer: (areReady: boolean) => void = () => undefined;
  await lookedOften(8);
  worker.areReady = () => new Promise((resolve) => (answer = resolve));
  await lookedOften(1);
  end();
  answer(true);
  await new Promise(setImmediate);
  expect(isDeaf()).toBe(false);
});
