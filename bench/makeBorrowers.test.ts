import { spreadKeys } from './makeBorrowers.ts';

it('spreads the wanted keys over all people, none of them twice', () => {
  expect([...spreadKeys(4, 8)]).toEqual([1, 3, 5, 7]);
  expect([...spreadKeys(3, 3)]).toEqual([1, 2, 3]);
  expect(new Set(spreadKeys(333, 1_000)).size).toBe(333);
});
