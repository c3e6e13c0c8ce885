import { lanes } from './lanes.ts';

const never = new AbortController().signal;

it('lets in as many as there are lanes, and the next one when somebody leaves', async () => {
  const road = lanes(1);
  const entered: string[] = [];
  await road.take(never);
  const waiting = road.take(never).then(() => entered.push('second'));

  expect(road.tryTake()).toBe(false);
  expect(entered).toEqual([]);
  road.give();
  await waiting;
  expect(entered).toEqual(['second']);
  expect(road.tryTake()).toBe(false);
  road.give();
  expect(road.tryTake()).toBe(true);
});

it('forgets whoever stopped waiting', async () => {
  const road = lanes(1);
  const stop = new AbortController();
  await road.take(never);
  const waiting = road.take(stop.signal);

  stop.abort(new Error('stopping'));
  await expect(waiting).rejects.toThrow('stopping');
  road.give();
  expect(road.tryTake()).toBe(true);
  await expect(road.take(stop.signal)).rejects.toThrow('stopping');
});
