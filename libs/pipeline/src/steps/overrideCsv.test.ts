import { Readable } from 'node:stream';
import { type OverrideRows } from '../runs.ts';
import { overrideColumns, overrideCsv } from './overrideCsv.ts';

async function csvOf(...parts: OverrideRows[]) {
  const read = () => Readable.from(parts) as AsyncIterable<OverrideRows>;
  const texts: string[] = [];
  for await (const text of overrideCsv(await overrideColumns(read()), read())) texts.push(text);
  return texts.join('');
}

it('gives every column that any row has, in the order in which they are first seen', async () => {
  expect(await csvOf([{ borrowerId: 1 }, { loanId: 7, borrowerId: 2 }])).toBe('borrowerId,loanId\r\n1,\r\n2,7\r\n');
});

it('gives the same whichever parts the rows come in', async () => {
  const rows = [{ a: 1 }, { b: 2 }, { a: 3, c: 'x' }];

  expect(await csvOf(...rows.map((row) => [row]))).toBe(await csvOf(rows));
  expect(await csvOf(...rows.map((row) => [row]))).toBe('a,b,c\r\n1,,\r\n,2,\r\n3,,x\r\n');
});

it('tells null from an empty text, and quotes what would break a line or a cell', async () => {
  expect(await csvOf([{ a: null, b: '', c: 'x,"y"\n', d: true }])).toBe('a,b,c,d\r\n,"","x,""y""\n",true\r\n');
});

it('leaves a cell empty where a row lacks a column that is called as something of every object', async () => {
  expect(await csvOf([{ constructor: 1 }, { a: 2 }])).toBe('constructor,a\r\n1,\r\n,2\r\n');
});

it('gives a header alone where there are no rows', async () => {
  expect(await csvOf([])).toBe('borrowerId\r\n');
});
