import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { carriageReturns, quoteCell } from './copyCsv.ts';

const copied = (cells: string[][]) => cells.map((row) => `${row.map(quoteCell).join(',')}\n`).join('');
const expected = (cells: string[][]) => cells.map((row) => `${row.map(quoteCell).join(',')}\r\n`).join('');

it('ends lines with CRLF and leaves cells alone, wherever the chunks end', async () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r', '\u{1F600}') });
  const cells = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 8 });

  await fc.assert(
    fc.asyncProperty(cells, fc.integer({ min: 1, max: 7 }), async (rows, size) => {
      const bytes = Buffer.from(copied(rows));
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        bytes.subarray(at * size, (at + 1) * size),
      );
      expect(await text(Readable.from(chunks).pipe(carriageReturns()))).toBe(expected(rows));
    }),
  );
});

it('quotes only what needs it', () => {
  expect(['a b', "it's", '=x', 'a,b', 'a"b', 'a\nb', 'a\rb'].map(quoteCell)).toEqual([
    ...['a b', "it's", '=x'],
    ...['"a,b"', '"a""b"', '"a\nb"', '"a\rb"'],
  ]);
});
