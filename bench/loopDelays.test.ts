import { gatherLoopDelays } from './loopDelays.ts';

it('reads the delays of a process from its metrics', () => {
  const loops = gatherLoopDelays();

  loops.note(
    'worker',
    '# TYPE nodejs_eventloop_lag_p99_seconds gauge\nnodejs_eventloop_lag_max_seconds 0.25\nnodejs_eventloop_lag_p99_seconds 0.0625\n',
  );

  expect(loops.all).toEqual([{ process: 'worker', p99Ms: 62.5, maxMs: 250 }]);
});

it('knows nothing of a process that does not say', () => {
  const loops = gatherLoopDelays();

  loops.note('worker', '');

  expect(loops.all).toEqual([{ process: 'worker', p99Ms: NaN, maxMs: NaN }]);
});
