import fc from 'fast-check';
import { decimalOf, hundredthsOf, isOff, percentOf, sumOf } from './decimalOf.ts';

it.each([
  [0, 0n, 0],
  [20, 20n, 0],
  [20.5, 205n, 1],
  [0.1, 1n, 1],
  [-3.25, -325n, 2],
  [1e21, 10n ** 21n, 0],
  [1.5e-7, 15n, 8],
])('reads %d as it is written', (value, digits, places) => {
  expect(decimalOf(value)).toEqual({ digits, places });
});

it.each([
  [20, 2000],
  [20.5, 2050],
  [1.005, 101],
  [1.0049, 100],
  [-1.005, -101],
  [0.1 + 0.2, 30],
  [369.99, 36999],
])('gives %d in hundredths', (value, hundredths) => {
  expect(hundredthsOf(decimalOf(value))).toBe(hundredths);
});

it('finds a sum off only beyond half a hundredth, to the last digit', () => {
  const off = (total: number, [one, other]: [number, number]) =>
    isOff(decimalOf(total), sumOf(decimalOf(one), decimalOf(other)));
  expect(off(0.3, [0.1, 0.2])).toBe(false);
  expect(off(0.305, [0.1, 0.2])).toBe(false);
  expect(off(0.295, [0.1, 0.2])).toBe(false);
  expect(off(0.3050001, [0.1, 0.2])).toBe(true);
  expect(off(0.2949999, [0.1, 0.2])).toBe(true);
});

it('takes a percentage without rounding', () => {
  expect(isOff(decimalOf(4.0025), percentOf(decimalOf(25), decimalOf(16.01)))).toBe(false);
  expect(percentOf(decimalOf(12.5), decimalOf(0.1))).toEqual({ digits: 125n, places: 4 });
});

it('never finds a sum off whose hundredths add up', () => {
  const money = fc.integer({ min: 0, max: 100_000_000 });
  fc.assert(
    fc.property(money, money, (one, other) => {
      const [total, first, second] = [one + other, one, other].map((hundredths) => decimalOf(hundredths / 100));
      expect(isOff(total!, sumOf(first!, second!))).toBe(false);
      expect(hundredthsOf(total!)).toBe(one + other);
    }),
    { seed: 7, numRuns: 300 },
  );
});
