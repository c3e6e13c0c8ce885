import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { databaseUrl } from './databaseUrl.ts';
import { waitFor } from './waitFor.ts';

/** The database that is migrated once and copied for every test file. */
export const TEMPLATE_DATABASE = 'muster_template';

export interface TestDatabase {
  url: string;
  /** Removes the database, whoever is still connected. */
  drop(): Promise<void>;
}

/** A migrated database of the caller's own, by default on the server that Jest's global set-up started. */
export async function createTestDatabase(server = process.env['MUSTER_TEST_POSTGRES']): Promise<TestDatabase> {
  if (server === undefined) throw new Error('run database tests with "jest --selectProjects integration" (or e2e)');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  // FILE_COPY takes 20 ms here, and the default, which writes it all to the log, 80
  await execute(server, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE_DATABASE} STRATEGY FILE_COPY`);
  return {
    url: databaseUrl(server, name),
    drop: () => execute(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** Copies a test's database as it is now. `restore` brings it back under its own name, and everybody who was connected loses it. */
export async function backUpDatabase(url: string, server = process.env['MUSTER_TEST_POSTGRES'] ?? '') {
  const name = new pg.Client({ connectionString: url }).database ?? '';
  const backup = `${name}_backup`;
  await execute(server, `ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS false`); // nobody may be in the way of copying it
  await execute(server, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
  await waitFor(() => isCopied(server, name, backup), { what: 'the database to be left' });
  await execute(server, `ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS true`);
  return {
    restore: async () => {
      await execute(server, `DROP DATABASE ${name} WITH (FORCE)`);
      await execute(server, `CREATE DATABASE ${name} TEMPLATE ${backup} STRATEGY FILE_COPY`);
    },
    drop: () => execute(server, `DROP DATABASE IF EXISTS ${backup}`),
  };
}

async function isCopied(server: string, name: string, copy: string) {
  return execute(server, `CREATE DATABASE ${copy} TEMPLATE ${name} STRATEGY FILE_COPY`).then(
    () => true,
    (error: unknown) => {
      if ((error as { code?: unknown }).code === '55006') return false; // a connection is ending still
      throw error;
    },
  );
}

/** Makes the template with `migrate` and closes it to connections, which would be in the way of copying it. */
export async function createTemplate(server: string, migrate: (url: string) => Promise<unknown>): Promise<void> {
  await execute(server, `CREATE DATABASE ${TEMPLATE_DATABASE}`);
  await migrate(databaseUrl(server, TEMPLATE_DATABASE));
  await execute(server, `ALTER DATABASE ${TEMPLATE_DATABASE} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false`);
}

async function execute(url: string, sql: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
