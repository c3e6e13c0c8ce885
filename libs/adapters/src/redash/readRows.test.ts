import fc from 'fast-check';
import { PassThrough } from 'node:stream';
import { MalformedJson } from '@muster/core/jsonBytes';
import { readRows } from './readRows.ts';
import { type ByteSource } from '@muster/core/rowCursor';
import { csvCell } from './writeCell.ts';

const never = new AbortController().signal;

/** Gives a text in pieces of so many bytes, so that every border falls somewhere. */
function sourceOf(bytes: Buffer, pieceBytes: number): ByteSource {
  let given = 0;
  return {
    async read(buffer, offset, length) {
      const bytesRead = bytes.copy(buffer, offset, given, given + Math.min(length, pieceBytes));
      given += bytesRead;
      return { bytesRead };
    },
  };
}

async function read(json: string | Buffer, { windowBytes = 64, pieceBytes = 1_000 } = {}) {
  const to = new PassThrough();
  const chunks: Buffer[] = [];
  to.on('data', (chunk: Buffer) => chunks.push(chunk));
  const open = () => sourceOf(Buffer.from(json), pieceBytes);
  const answer = await readRows({ open, to, signal: never, windowBytes });
  await new Promise((resolve) => to.end(resolve));
  return { ...answer, csv: Buffer.concat(chunks).toString() };
}

const answerOf = (columns: string[], rows: string) =>
  `{"query_result": {"id": 7, "data": {"columns": [${columns.map((name) => JSON.stringify({ name })).join(', ')}], "rows": [${rows}]}}}`;

it('writes a header, a line a row, and CRLF', async () => {
  const { csv, rows, columns } = await read(answerOf(['id', 'ok'], '{"id": 1, "ok": true}, {"id": 2, "ok": false}'));

  expect(csv).toBe('id,ok\r\n1,true\r\n2,false\r\n');
  expect({ rows, columns }).toEqual({ rows: 2, columns: ['id', 'ok'] });
});

it('writes a header only where there are no rows', async () => {
  expect(await read(answerOf(['id'], ''))).toMatchObject({ csv: 'id\r\n', rows: 0 });
});

it.each([
  ['null as nothing', 'null', ''],
  ['an empty text as ""', '""', '""'],
  ['a whole number beyond 2^53 exactly', '9007199254740993', '9007199254740993'],
  [
    'a number of 40 digits exactly',
    '1234567890123456789012345678901234567890',
    '1234567890123456789012345678901234567890',
  ],
  ['a negative number', '-9007199254740995', '-9007199254740995'],
  ['a whole float as a whole number', '101.0', '101'],
  ['a float', '0.1', '0.1'],
  ['a float with an exponent', '1.5e-05', '0.000015'],
  ['minus nought as nought', '-0', '0'],
  ['NaN of old servers as nothing', 'NaN', ''],
  ['Infinity of old servers as nothing', '-Infinity', ''],
  ['a comma in quotes', '"a,b"', '"a,b"'],
  ['a quote doubled', String.raw`"say \"hi\""`, '"say ""hi"""'],
  ['a comma with a quote behind it', String.raw`"a, \"b\""`, '"a, ""b"""'],
  ['a line break in quotes', String.raw`"a\r\nb"`, '"a\r\nb"'],
  ['letters beyond ASCII', '"Zoë 漢字 🙂"', 'Zoë 漢字 🙂'],
  ['letters written as escapes', String.raw`"\u00e9\ud83d\ude42"`, 'é🙂'],
  ['an object as its JSON text', '{"a": [1, null]}', '"{""a"": [1, null]}"'],
  ['a list without commas', '[1]', '[1]'],
  ['a long number inside a list exactly', '[9007199254740993]', '[9007199254740993]'],
  ['a bare NaN inside a list as null', '["NaN", NaN]', '"[""NaN"",null]"'],
  ["the end sign of PostgreSQL's COPY in quotes", String.raw`"\\."`, String.raw`"\."`],
])('writes %s', async (_, json, cell) => {
  expect((await read(answerOf(['x'], `{"x": ${json}}`))).csv).toBe(`x\r\n${cell}\r\n`);
});

it('puts cells under their columns, in whatever order the keys come and whichever are missing', async () => {
  const rows = '{"b": 2, "a": 1}, {"c": 3}, {}, {"a": 4, "b": 5, "c": 6}';

  expect((await read(answerOf(['a', 'b', 'c'], rows))).csv).toBe('a,b,c\r\n1,2,\r\n,,3\r\n,,\r\n4,5,6\r\n');
});

it('leaves out a key that no column has', async () => {
  expect((await read(answerOf(['a'], '{"z": {"y": 1}, "a": 1}'))).csv).toBe('a\r\n1\r\n');
});

it('reads rows that come before the columns', async () => {
  const json = '{"query_result":{"data":{"rows":[{"a":1},{"a":2}],"columns":[{"name":"a"}]},"id":3}}';

  expect(await read(json)).toMatchObject({ csv: 'a\r\n1\r\n2\r\n', facts: new Map([['id', 3]]) });
});

it('takes __proto__ and constructor for columns like others', async () => {
  const { csv } = await read(answerOf(['__proto__', 'constructor'], '{"__proto__": 1, "constructor": 2}'));

  expect(csv).toBe('__proto__,constructor\r\n1,2\r\n');
  expect(({} as { 1?: unknown })[1]).toBeUndefined();
});

it('quotes names of columns where they need it', async () => {
  expect((await read(answerOf(['a,b', '"', ''], String.raw`{"a,b": 1, "\"": 2, "": 3}`))).csv).toBe(
    '"a,b","""",""\r\n1,2,3\r\n',
  );
});

it('tells what stands beside the rows', async () => {
  const json =
    '{"query_result": {"id": 7, "retrieved_at": "2026-11-22T08:07:21.945Z", "data": {"rows": [], "columns": [], "truncated": true}}}';

  expect(await read(json)).toMatchObject({
    isTruncated: true,
    facts: new Map<string, unknown>([
      ['id', 7],
      ['retrieved_at', '2026-11-22T08:07:21.945Z'],
      ['truncated', true],
    ]),
  });
});

it('refuses an answer that was cut, wherever', async () => {
  const whole = Buffer.from(answerOf(['a', 'ü'], '{"a": 1, "ü": "x\\"é"}, {"a": [1, {"b": 2}], "ü": null}'));
  for (let length = 0; length < whole.length; length++) {
    await expect(read(whole.subarray(0, length))).rejects.toThrow(MalformedJson);
  }
});

it.each([
  ['a row without its comma', answerOf(['a'], '{"a": 1} {"a": 2}')],
  ['a comma too many', answerOf(['a'], '{"a": 1},')],
  ['a comma too many inside a row', answerOf(['a'], '{"a": 1,}')],
  ['a row that is no object', answerOf(['a'], '[1]')],
  ['a word that is no JSON', answerOf(['a'], '{"a": tru}')],
  ['a number that is no JSON', answerOf(['a'], '{"a": 007}')],
  ['a minus alone', answerOf(['a'], '{"a": -}')],
  ['a bare line break in a text', answerOf(['a'], '{"a": "x\ny"}')],
  ['a wrong escape', answerOf(['a'], String.raw`{"a": "\x"}`)],
  ['brackets that do not match', answerOf(['a'], '{"a": [1}]}')],
  ['something behind the end', `${answerOf(['a'], '')} x`],
  ['rows without columns', '{"query_result": {"data": {"rows": [{"a": 1}], "columns": []}}}'],
  ['rows twice', '{"query_result": {"data": {"columns": [], "rows": [], "rows": []}}}'],
  ['no rows', '{"query_result": {"data": {"columns": []}}}'],
  ['data that is null', '{"query_result": {"data": null}}'],
  ['a job instead', '{"job": {"id": "x", "status": 1}}'],
  ['HTML', '<!doctype html><title>Redash</title>'],
  ['nothing', ''],
])('refuses %s', async (_, json) => {
  await expect(read(json)).rejects.toThrow(MalformedJson);
});

it('never repeats what stood in the answer when it complains', async () => {
  await expect(read(answerOf(['a'], '{"a": Jane Doe}'))).rejects.not.toThrow(/Jane/);
});

it('waits while the reader is busy, and does not gather everything in memory', async () => {
  const to = new PassThrough({ highWaterMark: 1 });
  const rows = Array.from({ length: 2_000 }, (_, id) => JSON.stringify({ id })).join(',');
  const source = sourceOf(Buffer.from(answerOf(['id'], rows)), 64);
  let read = 0;
  const open = () => ({
    async read(...[buffer, offset, length]: Parameters<ByteSource['read']>) {
      read += 1;
      return source.read(buffer, offset, length);
    },
  });
  const reading = readRows({ open, to, signal: never, windowBytes: 64 });
  await new Promise((resolve) => setImmediate(resolve));
  const readBefore = read;

  to.resume();
  expect(await reading).toMatchObject({ rows: 2_000 });
  expect(readBefore).toBeLessThan(20);
});

it('gives up when the stream it writes to fails', async () => {
  const to = new PassThrough({ highWaterMark: 1 });
  to.on('error', () => undefined);
  const reading = readRows({ open: () => sourceOf(Buffer.from(answerOf(['id'], '{"id": 1}')), 64), to, signal: never });
  to.destroy(Object.assign(new Error('no space left on /secret/path'), { code: 'ENOSPC' }));

  await expect(reading).rejects.toMatchObject({ code: 'rowsNotWritten', details: { code: 'ENOSPC' } });
});

it('stops at once when it is told to', async () => {
  const to = new PassThrough({ highWaterMark: 1 });
  const stop = new AbortController();
  const reading = readRows({
    open: () => sourceOf(Buffer.from(answerOf(['id'], '{"id": 1}')), 64),
    to,
    signal: stop.signal,
  });
  stop.abort(new Error('the lease is lost'));

  await expect(reading).rejects.toThrow('the lease is lost');
});

it('says the same as JSON.parse, for any names and values and any borders', async () => {
  const names = fc.uniqueArray(fc.string({ unit: 'binary', maxLength: 8 }), { minLength: 1, maxLength: 5 });
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.string({ unit: 'binary' }),
    fc.maxSafeInteger(),
    fc.double(),
  );
  const table = names.chain((columns) =>
    fc.record({
      columns: fc.constant(columns),
      rows: fc.array(fc.dictionary(fc.constantFrom(...columns), value, { noNullPrototype: true }), { maxLength: 6 }),
    }),
  );
  const pieces = fc.integer({ min: 1, max: 200 });
  await fc.assert(
    fc.asyncProperty(table, pieces, fc.boolean(), async ({ columns, rows }, windowBytes, isRowsFirst) => {
      const named = columns.map((name) => ({ name }));
      const data = isRowsFirst ? { rows, columns: named } : { columns: named, rows };
      const json = JSON.stringify({ query_result: { data } });

      expect((await read(json, { windowBytes })).csv).toBe(expectedCsv(json));
    }),
  );
});

function expectedCsv(json: string): string {
  const { data } = (
    JSON.parse(json) as { query_result: { data: { columns: { name: string }[]; rows: Record<string, unknown>[] } } }
  ).query_result;
  const names = data.columns.map(({ name }) => name);
  const lines = data.rows.map((row) => names.map((name) => expectedCell(Object.hasOwn(row, name) ? row[name] : null)));
  return [names.map(csvCell), ...lines].map((cells) => `${cells.join(',')}\r\n`).join('');
}

function expectedCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  return csvCell(typeof value === 'string' ? value : JSON.stringify(value));
}
