import { limitLines } from './limitLines.ts';

function limited() {
  const lines: string[] = [];
  const clock = { ms: 0 };
  return {
    lines,
    clock,
    write: limitLines(
      (line) => lines.push(line),
      () => clock.ms,
    ),
  };
}

it('writes a line once in ten seconds, and then how often it came', () => {
  const { lines, clock, write } = limited();

  for (let i = 0; i < 4; i++) write('connection lost');
  clock.ms = 10_000;
  write('connection lost');

  expect(lines).toEqual(['connection lost', 'connection lost (and 3 more like it)']);
});

it('takes lines that differ only in ids and numbers for one kind', () => {
  const { lines, write } = limited();

  write('could not renew lock for job 6f1c2d7e-0a51-4c8e-9d53-0b9c6f3a1e77-query-1');
  write('could not renew lock for job 00000000-1111-4222-8333-444444444444-query-12');

  expect(lines).toHaveLength(1);
});

it('holds back no other line meanwhile', () => {
  const { lines, write } = limited();

  write('connection lost');
  write('connection refused');

  expect(lines).toEqual(['connection lost', 'connection refused']);
});
