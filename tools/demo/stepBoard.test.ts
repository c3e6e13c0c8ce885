import { type DemoStep } from './demoRun.ts';
import { stepBoard } from './stepBoard.ts';

const step = (name: string, status: string): DemoStep => ({
  ...{ name, status, attempts: 1, startedAt: null, finishedAt: null },
  ...{ rowsIn: null, rowsOut: null, message: null },
});
const before = [step('query', 'running'), step('filter', 'pending')];
const after = [step('query', 'succeeded'), step('filter', 'running')];

function paper(isTTY: boolean, columns = 20) {
  let text = '';
  return { isTTY, columns, write: (more: string) => (text += more), text: () => text };
}

it('writes one plain line for each change where there is no terminal', () => {
  const out = paper(false);
  const show = stepBoard(out);

  for (const look of [before, before, after]) show(look);

  expect(out.text()).toBe('  query   running\n  query   succeeded\n  filter  running\n');
});

it('draws over its last lines on a terminal', () => {
  const out = paper(true);
  const show = stepBoard(out);

  for (const look of [before, after]) show(look);

  expect(out.text()).toContain('\u001b[2A\u001b[2K  query   succeeded\n');
});

it('never lets a line wrap, which would spoil the next drawing', () => {
  const out = paper(true);

  stepBoard(out)([{ ...step('query', 'running'), message: 'redash does not answer at all' }]);

  expect(out.text().replaceAll('\u001b[2K', '').trimEnd().length).toBeLessThan(20);
});

it('shows whole lines on a terminal that does not know its width', () => {
  const out = paper(true, 0);

  stepBoard(out)(before);

  expect(out.text()).toContain('  query   running\n');
});
