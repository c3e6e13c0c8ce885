import fc from 'fast-check';
import { openDatabase, type OpenDatabase } from '@muster/db/openDatabase';
import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import { guardFormula, phoneNumber, phoneOrNumber } from './formulaGuard.ts';

let server: TestDatabase;
let db: OpenDatabase;
beforeAll(async () => {
  server = await createTestDatabase();
  db = await openDatabase({ url: server.url });
});
afterAll(async () => {
  await db.close();
  await server.drop();
});

const triggers = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

async function guard(texts: (string | null)[], exempt?: string) {
  const rows = await db.query<{ cell: string | null }>(
    `select ${guardFormula('t', exempt)} as cell from unnest($1::text[]) with ordinality as x (t, n) order by n`,
    [texts],
  );
  return rows.map(({ cell }) => cell);
}

it('lets no text through that a spreadsheet would run, and changes no other', async () => {
  const text = fc.string({ unit: 'binary' }).map((odd) => odd.replaceAll('\0', ''));
  const start = fc.option(fc.constantFrom(...triggers), { nil: '' });
  const texts = fc.array(
    fc.tuple(start, text).map((parts) => parts.join('')),
    { minLength: 1, maxLength: 50 },
  );

  await fc.assert(
    fc.asyncProperty(texts, async (cells) => {
      const expected = cells.map((cell) => (triggers.includes(cell[0] ?? '') ? `'${cell}` : cell || null));
      expect(await guard(cells)).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});

it('leaves phones alone where phones are printed, and nothing that only looks like one', async () => {
  const kept = ['+14155550100', '+4915112345678', 'a@example.com'];
  const guarded = ['+1415555010a', '+1 415', '+', '-5', '+14155550100\n=1', '=1', '+123456', '+1234567890123456'];

  expect(await guard(kept, phoneNumber)).toEqual(kept);
  expect(await guard(guarded, phoneNumber)).toEqual(guarded.map((cell) => `'${cell}`));
});

it('leaves numbers alone in columns of the query', async () => {
  const kept = ['-5', '-12.50', '-1e-7', '-3E+10', '12', '+14155550100', '0.5', 'text'];
  const guarded = ['-', '-5+1', '-5\n', '--5', '-.5', '+5', '=5', '-1e', '-1.2.3', '\t-5'];

  expect(await guard(kept, phoneOrNumber)).toEqual(kept);
  expect(await guard(guarded, phoneOrNumber)).toEqual(guarded.map((cell) => `'${cell}`));
});

it('prints nothing for null and for an empty text', async () => {
  expect(await guard([null, ''])).toEqual([null, null]);
});
