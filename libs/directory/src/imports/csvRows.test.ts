import { csvRows } from './csvRows.ts';
import { tableOf } from './tableOf.ts';
import { jsonRows } from './jsonRows.ts';

/** A text without end, that says how much of it was taken. */
function endless(first: string, piece: string) {
  const taken = { pieces: 0 };
  const text = (async function* () {
    yield first;
    for (;;) {
      taken.pieces++;
      yield piece;
    }
  })();
  return { text, taken };
}

it.each([
  ['CSV', csvRows, 'externalId,status\n', 'a,active\n'.repeat(100)],
  ['NDJSON', jsonRows, '', '{"externalId":"a"}\n'.repeat(100)],
])('takes no more of a %s than was asked for, however much there is', async (...[, readRows, first, piece]) => {
  const { text, taken } = endless(first, piece);
  const { rows } = await readRows(tableOf('people'), text);
  let read = 0;
  for await (const batch of rows) {
    read += batch.length;
    expect(taken.pieces * 100 - read).toBeLessThanOrEqual(100);
    if (read >= 50_000) break;
  }

  expect(read).toBe(50_000);
});
