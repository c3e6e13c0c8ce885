import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { readHeader } from './readHeader.ts';

async function read(csv: string, size = 3) {
  const bytes = Buffer.from(csv);
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
  const { columns, rest } = await readHeader(Readable.from(chunks));
  return { columns, rest: await text(rest) };
}

it.each([
  ['plain names', 'id,name\r\n1,x\r\n', ['id', 'name'], '1,x\r\n'],
  [
    'names with commas, quotes and line ends',
    '"a,b","say ""hi""","two\r\nlines"\r\n1\r\n',
    ['a,b', 'say "hi"', 'two\r\nlines'],
    '1\r\n',
  ],
  ['LF alone', 'id\n1\n', ['id'], '1\n'],
  ['a byte order mark', '\uFEFFid\r\n', ['id'], ''],
  ['names that are empty', ',a,,""\r\n', ['', 'a', '', ''], ''],
  ['a header without an end', 'id,name', ['id', 'name'], ''],
  ['names that JavaScript knows', '__proto__,constructor\r\n', ['__proto__', 'constructor'], ''],
])('reads %s', async (...[, csv, columns, rest]) => {
  expect(await read(csv)).toEqual({ columns, rest });
});

it('shows NUL as a replacement character', async () => {
  expect(await read('i\0d\n\0a\0\0b\n')).toEqual({ columns: ['i\uFFFDd'], rest: '\uFFFDa\uFFFD\uFFFDb\n' });
});

it('gives up on a header of more than a megabyte', async () => {
  await expect(read(`"${'x'.repeat(1_100_000)}`, 100_000)).rejects.toMatchObject({ code: 'headerTooLong' });
});
