import { migrate } from '@muster/db/migrate';
import { findProgram } from '@muster/testing/findProgram';
import { startPostgres } from '@muster/testing/startPostgres';
import { startRedis } from '@muster/testing/startRedis';
import { createTemplate } from '@muster/testing/testDatabase';
import { sharedServers, type Servers } from './servers.ts';

/** Starts the servers that the integration and end-to-end tests share; both projects name it, the first call counts. */
export default async function globalSetup(): Promise<void> {
  const servers = sharedServers();
  if (servers.users++ > 0) return;
  if (process.env['MUSTER_TEST_POSTGRES'] !== undefined) return; // whoever starts Jest many times has started them once
  const started = await Promise.allSettled([providePostgres(servers), provideRedis(servers), findProgram('sshd')]);
  const failure = started.find((one) => one.status === 'rejected');
  if (!failure) return;
  for (const stop of servers.stop.splice(0)) await stop(); // Jest calls no teardown then
  throw failure.reason;
}

async function providePostgres(servers: Servers) {
  const postgres = await startPostgres();
  servers.stop.push(() => postgres.stop());
  await createTemplate(postgres.url, migrate);
  process.env['MUSTER_TEST_POSTGRES'] = postgres.url; // Jest's workers are started after this, and inherit it
}

async function provideRedis(servers: Servers) {
  process.env['MUSTER_TEST_REDIS'] = process.env['REDIS_URL'] ?? (await startOwnRedis(servers));
}

async function startOwnRedis(servers: Servers) {
  const redis = await startRedis();
  servers.stop.push(() => redis.stop());
  return redis.url;
}
