import { insertCampaign, insertCompany, insertPerson } from '@muster/testing/factories';
import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import { type CompanyDatabase, openDatabase, type OpenDatabase } from './openDatabase.ts';

let server: TestDatabase;
let db: OpenDatabase;
let own: CompanyDatabase;
let theirs: string;
beforeAll(async () => {
  server = await createTestDatabase();
  db = await openDatabase({ url: server.url, poolSize: 2 });
  own = db.forCompany(await insertCompany(db));
  theirs = await insertCompany(db);
  for (const companyId of [own.companyId, theirs]) {
    await insertPerson(db, { companyId });
    await insertCampaign(db, { companyId, name: companyId });
  }
});
afterAll(async () => {
  await db.close();
  await server.drop();
});

// The application's own `where company_id =` is left out here on purpose: this is what is left when somebody forgets it.
it('shows nothing of another company to a statement that forgets to ask for its own', async () => {
  expect(await own.query('select name from campaign')).toEqual([{ name: own.companyId }]);
  expect(await own.query('select id from company')).toEqual([{ id: own.companyId }]);
  expect(await own.query('select * from api_key')).toEqual([]);
});

it('changes nothing of another company', async () => {
  expect(await own.execute(`update campaign set name = 'taken' where company_id = $1`, [theirs])).toBe(0);
  expect(await own.execute('delete from person where company_id = $1', [theirs])).toBe(0);
  const insert = own.execute('insert into campaign (company_id) values ($1)', [theirs]);
  await expect(insert).rejects.toMatchObject({ code: '42501' });
});

it('shows what belongs to a run to the company of the run only', async () => {
  const [run] = await db.query<{ id: string }>(
    `insert into run (company_id, campaign_id, trigger, settings)
     select company_id, id, 'manual', '{}' from campaign where company_id = $1 returning id`,
    [theirs],
  );
  await db.execute(`insert into run_step (run_id, name, ordinal) values ($1, 'query', 1)`, [run?.id]);
  await db.execute(`insert into run_event (run_id, event) values ($1, 'run.queued')`, [run?.id]);
  for (const table of ['run', 'run_step', 'run_event', 'delivery', 'run_override']) {
    expect([table, await own.query(`select * from ${table}`)]).toEqual([table, []]);
    expect(await db.forCompany(theirs).query(`select * from ${table}`)).toHaveLength(
      table.startsWith('run') && table !== 'run_override' ? 1 : 0,
    );
  }
  const event = own.execute(`insert into run_event (run_id, event) values ($1, 'forged')`, [run?.id]);
  await expect(event).rejects.toMatchObject({ code: '42501' });
});

it('leaves no company behind on a pooled connection, also after a failure', async () => {
  const where = `select current_user as role, current_setting('muster.company', true) as company`;
  await own.query('select 1');
  await own.query('select 1 / 0').catch(() => undefined);
  await own.transaction((tx) => tx.query('select nonsense')).catch(() => undefined);
  for (let i = 0; i < 4; i++) {
    const [{ role, company } = {}] = await db.query<{ role?: string; company?: string }>(where);
    expect([role, company ?? '']).toEqual(['muster_system', '']);
  }
});

it('works in a transaction as the company, to its end', async () => {
  await own.transaction(async (tx) => {
    expect(tx.companyId).toBe(own.companyId);
    expect(await tx.query('select name from campaign')).toEqual([{ name: own.companyId }]);
    await tx.transaction(async (inner) => {
      expect(inner.companyId).toBe(own.companyId);
      expect(await inner.query('select name from campaign')).toHaveLength(1);
    });
    expect(await tx.manager.query('select current_user as role')).toEqual([{ role: 'muster_app' }]);
  });
});

describe('what belongs to a person', () => {
  const columns: Record<string, [names: string, values: string]> = {
    loan: ['status', "'active'"],
    contact: ['contact_type', "'phone'"],
    consent: ['name, status', "'electronicComms', 'revoked'"],
    do_not_interact: ['source', "'letter'"],
    interaction: ['channel, status, theme', "'voice', 'succeeded', 'general'"],
  };
  const insert = (table: string, people: string[]) => {
    const [names, values] = columns[table] ?? [];
    return `insert into ${table} (company_id, person_key, ${names})
      select '${own.companyId}', key, ${values} from unnest(array[${people.join(',')}]::bigint[]) as key`;
  };
  const personOf = async (companyId: string) => (await insertPerson(db, { companyId })).key;

  it.each(Object.keys(columns))('is taken for a person of its company only: %s', async (table) => {
    const [mine, foreign] = [await personOf(own.companyId), await personOf(theirs)];

    for (const writer of [own, db]) {
      await expect(writer.execute(insert(table, [mine, foreign]))).rejects.toMatchObject({ code: '42501' });
    }

    expect(await own.execute(insert(table, [mine]))).toBe(1);
    const move = `update ${table} set person_key = $1 where person_key = $2`;
    await expect(own.execute(move, [foreign, mine])).rejects.toMatchObject({ code: '42501' });
  });

  it('is looked at in every table that names a person', async () => {
    const unwatched = await db.query<{ table: string }>(
      `select conrelid::regclass::text as table from pg_constraint
       where confrelid = 'person'::regclass and contype = 'f' and 2 > (
         select count(*) from pg_trigger where tgrelid = conrelid and tgname in ('own_person', 'same_person'))`,
    );
    expect(unwatched).toEqual([]);
  });
});

it('shows nothing to whoever names no company', async () => {
  await db.transaction(async (tx) => {
    await tx.query(`select set_config('role', 'muster_app', true)`);
    expect(await tx.query('select * from campaign')).toEqual([]);
    await tx.query(`select set_config('muster.company', '', true)`);
    expect(await tx.query('select * from campaign')).toEqual([]);
  });
});

it('refuses a company id that could be more than one', () => {
  expect(() => db.forCompany("CP-1'; reset role; --")).toThrow(/form/);
});

it('protects every table, and forces it upon the owner as well', async () => {
  const open = await db.query<{ table: string }>(
    `select relname as table from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
       and not (relrowsecurity and relforcerowsecurity
         and exists (select from pg_policy where polrelid = pg_class.oid and polroles = array['muster_app'::regrole::oid]))`,
  );
  expect(open).toEqual([{ table: 'migration' }]); // says which migrations there were, and nothing of anybody
});

it('says what to do where the roles are not the login’s to take', async () => {
  const owner = await openDatabase({ url: server.url, poolSize: 1, asLogin: true });
  await owner.execute('create role stranger login');
  const url = server.url.replace('postgres@', 'stranger@');
  const opening = openDatabase({ url });
  await expect(opening).rejects.toMatchObject({ code: 'databaseNotMigrated' });
  await owner.execute('drop role stranger');
  await owner.close();
});
