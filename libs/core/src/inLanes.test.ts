import { inLanes } from './inLanes.ts';

/** Work that is over when the test says so. */
function handwork() {
  const under = new Map<number, { finish: () => void; fail: () => void }>();
  const work = (item: number) =>
    new Promise<void>((resolve, reject) => {
      under.set(item, { finish: resolve, fail: () => reject(new Error(`item ${item}`)) });
    });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { under, work, settled };
}

it('does every item, no more than so many at a time', async () => {
  const { under, work, settled } = handwork();
  const all = inLanes([1, 2, 3], 2, work);
  expect([...under.keys()]).toEqual([1, 2]);

  under.get(2)?.finish();
  await settled();

  expect([...under.keys()]).toEqual([1, 2, 3]);
  under.get(1)?.finish();
  under.get(3)?.finish();
  await expect(all).resolves.toBeUndefined();
});

it('begins nothing after a failure, and waits for what was under way before it throws', async () => {
  const { under, work, settled } = handwork();
  let isOver = false;
  const all = inLanes([1, 2, 3], 2, work).finally(() => (isOver = true));
  under.get(1)?.fail();
  await settled();
  expect(isOver).toBe(false);

  under.get(2)?.finish();

  await expect(all).rejects.toThrow('item 1');
  expect([...under.keys()]).toEqual([1, 2]);
});
