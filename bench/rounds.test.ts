import { inTurns, median, ratioOf } from './rounds.ts';

it.each([
  [[3, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
  [[7], 7],
  [[], NaN],
])('the median of %j is %d', (values, middle) => {
  expect(median(values)).toBe(middle);
});

it('compares medians, so that one slow round changes nothing', () => {
  expect(ratioOf([3, 3, 90], [2, 2, 2])).toBe(1.5);
});

it('takes the sides in turns, every other round the other way round, and forgets the warm-up', async () => {
  const order: string[] = [];
  const side = (name: string) => async (round: number) => {
    order.push(name);
    return round;
  };

  const taken = await inTurns({ ours: side('ours'), peer: side('peer') }, { rounds: 2, warmUps: 1 });

  expect(order).toEqual(['ours', 'peer', 'peer', 'ours', 'ours', 'peer']);
  expect(taken).toEqual({ ours: [1, 2], peer: [1, 2] });
});
