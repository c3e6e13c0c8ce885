import { insertCompany, insertContact, insertPerson } from '@muster/testing/factories';
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

it('keeps what belongs to a person in the company of the person, whoever writes it', async () => {
  const [own, other] = [await insertCompany(db), await insertCompany(db)];
  const person = await insertPerson(db, { companyId: own });

  await expect(insertContact(db, { companyId: other, personKey: person.key })).rejects.toMatchObject({ code: '23503' });
  await expect(insertContact(db, { companyId: own, personKey: person.key })).resolves.toMatchObject({});
});
