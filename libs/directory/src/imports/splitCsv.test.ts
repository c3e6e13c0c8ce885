import fc from 'fast-check';
import { quoteCell } from '../copyCsv.ts';
import { splitCsv } from './splitCsv.ts';

/** All records of a text that comes in pieces of one size. */
function split(text: string, pieceLength = text.length || 1) {
  const splitter = splitCsv();
  const records = [];
  for (let at = 0; at < text.length; at += pieceLength)
    records.push(...splitter.take(text.slice(at, at + pieceLength)));
  return [...records, ...splitter.end()];
}

const cellsOf = (text: string, pieceLength?: number) => split(text, pieceLength).map(({ cells }) => cells);
const codeOf = (text: string) => {
  try {
    return split(text, 100_000).length;
  } catch (error) {
    return (error as { faults: { field: string; code: string }[] }).faults
      .map(({ field, code }) => `${field} ${code}`)
      .join();
  }
};

it('reads back whatever RFC 4180 can write, however the text is cut', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'ü', ',', '"', '\n', '\r\n', ' ') });
  const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 5 });
  fc.assert(
    fc.property(rows, fc.constantFrom('\n', '\r\n'), fc.integer({ min: 1, max: 9 }), (cells, lineEnd, pieceLength) => {
      const text = ['h,h', ...cells.map((row) => row.map(quoteCell).join(','))].join(lineEnd);
      expect(cellsOf(text, pieceLength)).toEqual([['h', 'h'], ...cells]);
      expect(cellsOf(text + lineEnd, pieceLength)).toEqual([['h', 'h'], ...cells]);
    }),
    { seed: 4 },
  );
});

it('counts lines as an editor does: those of line breaks in quotes, and empty ones', () => {
  expect(split('a,b\r\n"1\n2",3\r\n\r\n4,5\r\n').map(({ line }) => line)).toEqual([1, 2, 5]);
});

it('leaves out empty lines, and no line with empty cells', () => {
  expect(cellsOf('a,b\n\n,\n\n')).toEqual([
    ['a', 'b'],
    ['', ''],
  ]);
});

it.each([
  ['a quote that is never closed', 'a,b\n1,"2\n3,4\n', 'line 2 quoteOpen'],
  ['a quote within a cell', 'a,b\n1,2"3\n', 'line 2 quoteStray'],
  ['text after a closing quote', 'a,b\n1,"2"3\n', 'line 2 quoteStray'],
  ['a record without end', `a,b\n1,"${'x'.repeat(10_000_000)}"\n`, 'line 2 lineTooLong'],
  ['a line without end', `a,b\n1,2\n${'x'.repeat(2_000_000)}`, 'line 3 lineTooLong'],
  ['line ends of CR alone', 'a,b\r1,2\r', 'line 1 lineEnds'],
  ['many line ends of CR alone', 'a,b\r1,2\r'.repeat(200_000), 'line 1 lineEnds'],
])('refuses %s, naming the line', (_, text, fault) => {
  expect(codeOf(text)).toBe(fault);
});
