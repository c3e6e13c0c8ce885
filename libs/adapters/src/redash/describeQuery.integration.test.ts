import { redashBench, USER_KEY } from '../../../../tools/redash/redashBench.ts';
import { describeQuery } from './describeQuery.ts';

const bench = redashBench([{ id: 1, name: 'Borrowers\tto call', sql: 'SELECT id FROM borrower' }]);
const never = new AbortController().signal;
const describeOne = (query = 1, apiKey = USER_KEY) =>
  describeQuery(bench.settings()).describe({ url: `${bench.redash().url}/queries/${query}`, apiKey }, never);

it('tells what a query is called, and executes nothing', async () => {
  expect(await describeOne()).toEqual({ name: 'Borrowers to call' });
  expect(bench.pathsSeen()).toEqual(['GET /api/queries/1']);
});

it('says what is to be mended, in the words of a run', async () => {
  await expect(describeOne(2)).rejects.toMatchObject({ name: 'PermanentFailure', code: 'redashQueryMissing' });
  await expect(describeOne(1, 'wrong-canary')).rejects.toMatchObject({ name: 'PermanentFailure' });
  await expect(describeOne(1, 'wrong-canary')).rejects.not.toThrow(/canary/);
});
