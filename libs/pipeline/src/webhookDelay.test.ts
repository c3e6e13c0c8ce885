import { webhookDelay } from './webhookDelay.ts';

const delays = (chance: number) => [1, 2, 3, 4, 5, 6, 7].map((tries) => webhookDelay(tries, chance) ?? NaN);

it('grows from 5 seconds to hours, over a day', () => {
  expect(delays(0.5).slice(0, 4)).toEqual([5_000, 300_000, 1_800_000, 7_200_000]);
  expect([...delays(0.5)].sort((a, b) => a - b)).toEqual(delays(0.5));
  expect(delays(0.5).reduce((sum, delay) => sum + delay) / 3_600_000).toBeCloseTo(23.6, 1);
});

it('ends after eight tries', () => {
  expect([webhookDelay(8), webhookDelay(50)]).toEqual([undefined, undefined]);
});

it('spreads those who failed together', () => {
  expect([webhookDelay(2, 0), webhookDelay(2, 1)]).toEqual([270_000, 330_000]);
});
