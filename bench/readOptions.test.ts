import { readOptions } from './readOptions.ts';

const cases = ['run-500k', 'api', 'fair'];

it('measures everything where nothing is named', () => {
  expect(readOptions([], cases)).toEqual({ only: [], json: undefined, quick: false, large: false, profile: false });
});

it('takes several cases, together or one by one', () => {
  expect(readOptions(['--only', 'api,fair', '--only', 'run-500k', '--json', 'a.json'], cases)).toMatchObject({
    only: ['api', 'fair', 'run-500k'],
    json: 'a.json',
  });
});

it.each([
  [['--only', 'apo'], 'there is no case apo: there are run-500k, api, fair'],
  [['--quick', '--large'], 'cannot both be meant'],
  [['--fast'], "Unknown option '--fast'"],
])('refuses %j', (args, words) => {
  expect(() => readOptions(args, cases)).toThrow(words);
});
