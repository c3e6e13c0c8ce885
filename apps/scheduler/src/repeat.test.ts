import { repeat } from './repeat.ts';

it('goes on after a failure, and tells of it', async () => {
  const failures: unknown[] = [];
  let times = 0;
  await new Promise<void>((resolve) => {
    const repeated = repeat({
      everyMs: 1,
      task: async () => {
        if (++times === 1) throw new Error('the first time');
        void repeated.stop().then(resolve);
      },
      onError: (error) => failures.push(error),
    });
  });
  expect(times).toBe(2);
  expect(failures).toMatchObject([{ message: 'the first time' }]);
});

it('tells what is under way to stop, waits for it, and does it no more', async () => {
  const told: string[] = [];
  const repeated = repeat({
    everyMs: 60_000,
    task: (signal) =>
      new Promise<void>((resolve) => {
        told.push('begun');
        signal.addEventListener('abort', () => {
          told.push('asked to stop');
          setImmediate(resolve);
        });
      }).finally(() => told.push('over')),
    onError: () => undefined,
  });
  await repeated.stop();
  expect(told).toEqual(['begun', 'asked to stop', 'over']);
});
