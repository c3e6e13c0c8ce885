import { type DemoStep } from './demoRun.ts';
import { stepLine } from './stepLine.ts';

const step: DemoStep = {
  name: 'filter',
  status: 'pending',
  attempts: 0,
  startedAt: null,
  finishedAt: null,
  rowsIn: null,
  rowsOut: null,
  message: null,
};

it('says of a finished step what went in, what came out and how long it took', () => {
  const startedAt = '2026-11-22T10:00:00.000Z';
  const done = { ...step, status: 'succeeded', attempts: 1, startedAt, finishedAt: '2026-11-22T10:00:01.250Z' };

  expect(stepLine({ ...done, rowsIn: 1204, rowsOut: 903 })).toBe('filter  succeeded   1,204 rows in, 903 out, 1.3 s');
});

it('says of a step that is tried again what went wrong', () => {
  const trying = { ...step, status: 'running', attempts: 2, message: 'redash does not answer' };

  expect(stepLine(trying)).toBe('filter  running     attempt 2, redash does not answer');
});

it('says nothing about a step that waits for its turn', () => {
  expect(stepLine(step)).toBe('filter  pending');
});
