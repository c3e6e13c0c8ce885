import { readSelectedSet } from './readSelectedSet.ts';

it.each([
  ['[1,2,3]', [1, 2, 3]],
  [' [ 3 ,1,\n2 ] ', [1, 2, 3]],
  ['[12,1,12]', [1, 12]],
  ['[9999]', [9999]],
  ['[]', []],
])('reads %j', (text, ordinals) => {
  expect(readSelectedSet(text)).toEqual(ordinals);
});

it.each([
  '',
  '1,2,3',
  '[1,,2]',
  '[1,]',
  '[01]',
  '[0]',
  '[-1]',
  '[1.5]',
  '[1e2]',
  '[10000]',
  '["1"]',
  '[[1]]',
  '{}',
  'null',
  '[1',
])('finds no list in %j', (text) => {
  expect(readSelectedSet(text)).toBeUndefined();
});

it('takes a list of every day of the year, and none without end', () => {
  const days = Array.from({ length: 366 }, (_, index) => index + 1);
  expect(readSelectedSet(JSON.stringify(days))).toEqual(days);
  expect(readSelectedSet(`[1${' '.repeat(2_000)}]`)).toBeUndefined();
});
