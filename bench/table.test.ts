import { tableOf } from './table.ts';

it('gives each figure a line that ends with its verdict, under columns that stand in line', () => {
  const figure = { case: 'run-500k', what: 'a run', samples: {}, unit: 'x' as const };
  const fast = { ...figure, ours: '3.1 s', peer: '2.9 s', value: 1.07, wanted: { atMost: 1.5 } };
  const slow = { ...figure, case: 'api', ours: '1,100 /s', peer: '2,200 /s', value: 0.5, wanted: { atLeast: 0.6 } };

  expect(tableOf([fast, slow])).toBe(
    [
      'case      what       ours      peer  figure',
      'run-500k  a run     3.1 s     2.9 s  1.07 x  reached',
      'api       a run  1,100 /s  2,200 /s   0.5 x  missed (wanted at least 0.6 x)',
    ].join('\n'),
  );
});
