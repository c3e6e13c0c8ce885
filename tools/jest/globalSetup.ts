import { startPostgres } from '@muster/testing/startPostgres';
import { createTemplate } from '@muster/testing/testDatabase';
import { sharedServers } from './servers.ts';

/** Starts the servers that the integration and end-to-end tests share; both projects name it, the first call counts. */
export default async function globalSetup(): Promise<void> {
  const servers = sharedServers();
  if (servers.users++ > 0) return;
  try {
    const postgres = await startPostgres();
    servers.stop.push(() => postgres.stop());
    await createTemplate(postgres.url, migrateTemplate);
    process.env['MUSTER_TEST_POSTGRES'] = postgres.url;
  } catch (error) {
    await Promise.all(servers.stop.map((stop) => stop()));
    throw error;
  }
}

async function migrateTemplate(url: string) {
  const name = '@muster/db/migrate';
  try {
    const { migrate } = (await import(name)) as { migrate: (url: string) => Promise<string[]> };
    await migrate(url);
  } catch (error) {
    if (!/MODULE_NOT_FOUND/.test(String((error as NodeJS.ErrnoException).code))) throw error;
    console.warn('no @muster/db/migrate yet: the template database is empty');
  }
}
