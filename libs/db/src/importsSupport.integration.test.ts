import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import { type OpenDatabase, openDatabase } from './openDatabase.ts';

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

it.each([
  [8, 20],
  [12, 30],
])('makes the public ids that permute says, of %d characters', async (characters, half) => {
  const written = `
    select string_agg(substr('23456789ABCDEFGHJKLMNPQRSTUVWXYZ', (permute(n, ${half}) >> 5 * at & 31)::int + 1, 1), '' order by at desc)
    from generate_series(0, ${characters - 1}) at`;
  const [row] = await db.query(`
    select count(*)::int as ids, count(distinct id)::int as different, count(*) filter (where replace(id, '-', '') = 'XX' || (${written}))::int as same,
      count(*) filter (where id ~ '^XX-.{${characters / 2}}-.{${characters / 2}}$')::int as formed
    from (select n, public_id('XX', n, ${characters}) as id
      from (select generate_series(0, 2000) union select (1::bigint << ${2 * half}) - generate_series(1, 2000)) numbers (n)) made`);

  expect(row).toEqual({ ids: 4001, different: 4001, same: 4001, formed: 4001 });
  await expect(db.query(`select public_id('XX', 1::bigint << ${2 * half}, ${characters})`)).rejects.toThrow('used up');
  await expect(db.query(`select public_id('XX', -1, ${characters})`)).rejects.toThrow('used up');
});

// With two columns PostgreSQL checks it by an index on the company while a table is small, and keeps that plan.
it('checks what belongs to a person by the person’s key alone', async () => {
  const keys = await db.query<{ table: string; columns: number }>(
    `select conrelid::regclass::text as table, cardinality(conkey) as columns from pg_constraint
     where contype = 'f' and confrelid = 'person'::regclass order by 1`,
  );

  const tables = ['consent', 'contact', 'do_not_interact', 'interaction', 'loan'];
  expect(keys).toEqual(tables.map((table) => ({ table, columns: 1 })));
});
