import { postDelay } from './postDelay.ts';

it('is as the contract has it, and ends after ten', () => {
  const seconds = Array.from({ length: 12 }, (_, nth) => (postDelay(nth + 1) ?? NaN) / 1_000);
  expect(seconds).toEqual([10, 1800, 3600, 5400, 7200, 9000, 10800, 12600, 14400, 16200, NaN, NaN]);
});
