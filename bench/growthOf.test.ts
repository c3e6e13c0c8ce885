import { growthOf } from './growthOf.ts';

it.each([
  ['linear', { rows: 1_000, seconds: 20 }, 1],
  ['sublinear', { rows: 1_000, seconds: 10 }, 0.5],
  ['worse than linear', { rows: 1_000, seconds: 40 }, 2],
])('ten times the rows: %s', (_, big, growth) => {
  expect(growthOf({ rows: 100, seconds: 2 }, big)).toBe(growth);
});
