import { inTurns, type Job } from './inTurns.ts';

/** A list of so many pieces, and the pieces. */
function listOf(length: number) {
  const jobs = Array.from({ length }, (): Job => async () => undefined);
  const waiting = [...jobs];
  return { jobs, take: async () => waiting.shift() };
}

it('takes of each list in turns, and of the others where one is empty', async () => {
  const [messages, texts] = [listOf(1), listOf(3)];
  const take = inTurns([messages.take, texts.take]);
  const taken = [await take(), await take(), await take(), await take()];
  expect(taken.filter((job) => texts.jobs.includes(job!))).toHaveLength(3);
  expect(taken.slice(0, 2)).toEqual([messages.jobs[0], texts.jobs[0]]);
  expect(await take()).toBeUndefined();
});

it('lets no flood of one list hold up the other', async () => {
  const [flood, one] = [listOf(100), listOf(1)];
  const take = inTurns([flood.take, one.take]);
  expect([await take(), await take()]).toContain(one.jobs[0]);
});

it('fails as a list fails, and goes on with the next', async () => {
  const one = listOf(1);
  const take = inTurns([() => Promise.reject(new Error('away')), one.take]);
  await expect(take()).rejects.toThrow('away');
  expect(await take()).toBe(one.jobs[0]);
});
