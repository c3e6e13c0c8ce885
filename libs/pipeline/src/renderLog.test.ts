import { renderLog } from './renderLog.ts';

it('gives a line per event, with time, step and what is known of it', () => {
  const at = new Date('2026-11-22T10:20:30.456Z');

  const log = renderLog([
    { at, step: null, event: 'run.queued', details: null },
    { at, step: 'filter', event: 'rows.checked', details: { rows: 3, invalid: 0, note: 'a "b"\nc', none: null } },
  ]);

  expect(log).toBe(
    '2026-11-22T10:20:30.456Z  run  run.queued\n' +
      '2026-11-22T10:20:30.456Z  filter  rows.checked  rows=3  invalid=0  note="a \\"b\\"\\nc"\n',
  );
});
