import { isReached, verdictOf, withUnit } from './figure.ts';

it.each([
  [{ value: 1.5, wanted: { atMost: 1.5 } }, true],
  [{ value: 1.51, wanted: { atMost: 1.5 } }, false],
  [{ value: 0.6, wanted: { atLeast: 0.6 } }, true],
  [{ value: 0.59, wanted: { atLeast: 0.6 } }, false],
  [{ value: NaN, wanted: { atMost: 1 } }, false],
  [{ value: NaN, wanted: { atLeast: 1 } }, false],
])('%j is reached: %s', (figure, reached) => {
  expect(isReached(figure)).toBe(reached);
});

it('says what was wanted where it was missed', () => {
  expect(verdictOf({ value: 2, unit: 'x', wanted: { atMost: 1.5 } })).toBe('missed (wanted at most 1.5 x)');
  expect(verdictOf({ value: 2, unit: 's', wanted: { atLeast: 5 } })).toBe('missed (wanted at least 5 s)');
  expect(verdictOf({ value: 2, unit: 's', wanted: { atMost: 5 } })).toBe('reached');
});

it('tells no more digits than count', () => {
  expect([1.23456, 0.04567, 0, 123.4, 1234.5, NaN].map((value) => withUnit(value, 's'))).toEqual([
    '1.23 s',
    '0.0457 s',
    '0 s',
    '123 s',
    '1,235 s',
    '- s',
  ]);
});
