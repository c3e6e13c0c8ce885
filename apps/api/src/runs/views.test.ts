import { type RunView } from '@muster/db/runViews';
import { runView } from './views.ts';

const bare = { steps: [], files: [], deliveries: [], standing: { unknownFiles: [] } };

it('shows the counts as the funnel reads, and any other one after them', () => {
  const names = 'queried invalid duplicate unknownBorrower goOn noContact matched contacts screenedOut exported';
  const inOrder = [...names.split(' '), 'later'];
  const counts = Object.fromEntries(inOrder.toReversed().map((name, at) => [name, at]));
  const view = runView({ ...bare, counts } as unknown as RunView);
  expect(Object.keys(view.counts)).toEqual(inOrder);
  expect(view.counts).toEqual(counts);
});

it('shows no count that a run does not have', () => {
  const run = { ...bare, counts: { goOn: 1, queried: 2 } } as unknown as RunView;
  expect(Object.entries(runView(run).counts)).toEqual([
    ['queried', 2],
    ['goOn', 1],
  ]);
});
