import { cleanMessage } from './cleanMessage.ts';

it.each([
  ['the first line', 'relation "x" does not exist\nLINE 1: select * from x\n   ^\n', 'relation "x" does not exist'],
  ['a line behind empty ones', '\n\n  division by zero\n', 'division by zero'],
  ['what stands around the comment', '/* Username: ada@example.com, query_id: 7 */ syntax error', 'syntax error'],
  ['what stands behind half a comment', '...54, Scheduled: False */ syntax error', 'syntax error'],
  ['what stands before half a comment', 'syntax error at /* Username: ada', 'syntax error at'],
])('keeps %s', (_, text, kept) => {
  expect(cleanMessage(text)).toBe(kept);
});

it('hides addresses and long numbers, which may be a borrower’s', () => {
  expect(cleanMessage('no "jane.doe@example.com" with 15551234567 in query 42')).toBe('no "…" with … in query 42');
});

it('hides the value that a conversion stumbled over, and keeps the names', () => {
  expect(cleanMessage('invalid input syntax for type integer: "Robin Miller"')).toBe(
    'invalid input syntax for type integer: …',
  );
  expect(cleanMessage('column "emial" does not exist')).toBe('column "emial" does not exist');
});

it('keeps 300 characters at most', () => {
  expect(cleanMessage('x'.repeat(1_000_000))).toHaveLength(300);
});
