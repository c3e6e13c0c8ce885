import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { databaseUrl } from './databaseUrl.ts';
import { createTestDatabase } from './testDatabase.ts';

async function ask(url: string, sql: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

it('gives each caller a database of its own', async () => {
  const [ours, theirs] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  const table = `t${randomBytes(4).toString('hex')}`;
  await ask(ours.url, `CREATE TABLE ${table} ()`);

  const seen = await ask(theirs.url, `SELECT to_regclass('${table}') AS found`);
  await Promise.all([ours.drop(), theirs.drop()]);

  expect(seen).toEqual([{ found: null }]);
});

it('drops a database that someone is still connected to', async () => {
  const database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  client.on('error', () => undefined); // the server hangs up on us, as the test wants
  await client.connect();

  await database.drop();

  const name = /\/(test_\w+)/.exec(database.url)![1];
  const admin = databaseUrl(database.url, 'postgres');
  const left = await ask(admin, `SELECT datname FROM pg_database WHERE datname = '${name}'`);
  await client.end();
  expect(left).toEqual([]);
});
