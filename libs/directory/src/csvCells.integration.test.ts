import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { openDatabase, type OpenDatabase } from '@muster/db/openDatabase';
import { createTestDatabase } from '@muster/testing/testDatabase';
import { copyCsv } from './copyCsv.ts';
import { csvCells } from './csvCells.ts';
import { readHeader } from './readHeader.ts';
import { quoteLiteral } from './sqlText.ts';

let server: Awaited<ReturnType<typeof createTestDatabase>>;
let db: OpenDatabase;
beforeAll(async () => {
  server = await createTestDatabase();
  db = await openDatabase({ url: server.url });
});
afterAll(async () => {
  await db.close();
  await server.drop();
});

type Row = [string | null, string | null];

async function written(rows: Row[]) {
  const json = quoteLiteral(JSON.stringify(rows));
  const file = new PassThrough();
  const select = `select row ->> 0, row ->> 1 from jsonb_array_elements(${json}::jsonb) row`;
  const [bytes] = await Promise.all([buffer(file), copyCsv(db, { header: ['a', 'b'], select }, file)]);
  const { rest } = await readHeader(PassThrough.from([bytes]));
  return buffer(rest);
}

it('reads back whatever PostgreSQL writes: an empty cell is null, and a quoted one an empty text', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'ü', ',', '"', '\n', '\r', '\r\n', ' ', '\\.', '\u{1F600}') });
  const cell = fc.option(text);

  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, cell), { maxLength: 6 }), async (rows) => {
      expect(csvCells(await written(rows), 2)).toEqual(rows);
    }),
    {
      examples: [
        [
          [
            [null, ''],
            ['', null],
            [null, null],
          ],
        ],
      ],
      seed: 4,
    },
  );
});

it('reads a cell of a megabyte', async () => {
  const long = 'a"\r\n'.repeat(250_000);
  expect(csvCells(await written([[long, null]]), 2)).toEqual([[long, null]]);
});

it('reads a last row without a line end', () => {
  expect(csvCells(Buffer.from('1,2\r\n3,'), 2)).toEqual([
    ['1', '2'],
    ['3', null],
  ]);
});

it.each([
  ['a row that is too short', '1\r\n'],
  ['a row that is too long', '1,2,3\r\n'],
  ['an empty line', '1,2\r\n\r\n'],
  ['a quote that is never closed', '1,"2\r\n'],
  ['text behind a quote', '1,"2"3\r\n'],
  ['a quote within a cell', '1,2"3"\r\n'],
  ['CR alone', '1,2\r3,4\r\n'],
  ['what is no UTF-8', Buffer.from([0x31, 0x2c, 0xff])],
])('refuses %s', (_, csv) => {
  expect(() => csvCells(Buffer.from(csv), 2)).toThrow(/^the query's result is no well-formed CSV/);
});
