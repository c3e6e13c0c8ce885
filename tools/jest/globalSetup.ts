import { migrate } from '@muster/db/migrate';
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
    await createTemplate(postgres.url, migrate);
    process.env['MUSTER_TEST_POSTGRES'] = postgres.url;
  } catch (error) {
    await Promise.all(servers.stop.map((stop) => stop()));
    throw error;
  }
}
