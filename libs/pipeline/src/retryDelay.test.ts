import { retryDelay } from './retryDelay.ts';

it('doubles from 5 seconds to 5 minutes', () => {
  expect([0, 1, 2, 5, 6, 50].map((failures) => retryDelay(failures, 1))).toEqual([
    5_000, 10_000, 20_000, 160_000, 300_000, 300_000,
  ]);
});

it('spreads the tries of many over the whole wait, and never hammers', () => {
  expect([retryDelay(3, 0), retryDelay(3, 0.5)]).toEqual([250, 20_000]);
});
