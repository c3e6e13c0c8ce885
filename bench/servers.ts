import { randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@muster/db/migrate';
import { removePostgresDirectory } from '@muster/testing/postgresDirectory';
import { startPostgres } from '@muster/testing/startPostgres';
import { type RedisServer, startRedis } from '@muster/testing/startRedis';
import { type SshdServer, startSshd } from '@muster/testing/startSshd';
import { createTemplate, createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import { type StopList } from '../tools/demo/stopList.ts';
import { type ReadyRedash, startReadyRedash } from './readyRedash.ts';
import { COUNTING, writeStatementCosts } from './statementCosts.ts';

/** What ours and its peers share. */
export interface Servers {
  redis: RedisServer;
  sshd: SshdServer;
  redash: ReadyRedash;
  /** Of all processes of ours. */
  secretKey: string;
  /** A migrated database, empty, that goes with the server. */
  newDatabase(): Promise<TestDatabase>;
  /** Writes what the statements since the last time have cost, where plans are asked for. */
  writeStatementCosts(file: string): Promise<void>;
}

export interface ServersOptions {
  /** More data than memory should hold. */
  onDisk: boolean;
  /** Where the plans of slow statements go; absent: nobody asks for plans. */
  plans: string | undefined;
}

const SETTINGS = {
  shared_buffers: '1GB',
  max_wal_size: '8GB', // no checkpoint in the middle of a round
  track_commit_timestamp: 'on', // by which it is known when a slot was committed
};
const EXPLAIN = {
  ...COUNTING,
  shared_preload_libraries: 'auto_explain,pg_stat_statements',
  'auto_explain.log_min_duration': '100ms',
  'auto_explain.log_nested_statements': 'on',
};

/** Starts PostgreSQL, Redis, OpenSSH's server and a Redash whose results are ready. */
export async function startServers(started: StopList, { onDisk, plans }: ServersOptions): Promise<Servers> {
  const directory = onDisk ? await ownDirectory() : undefined;
  if (directory !== undefined) started.add({ stop: () => removePostgresDirectory(directory) });
  const settings = { ...SETTINGS, ...(plans !== undefined && EXPLAIN) };
  const postgres = await startPostgres({ settings, ...(directory !== undefined && { directory }) });
  started.add(postgres);
  if (plans !== undefined) {
    const log = join(directory ?? postgres.socketDirectory, 'server.log');
    started.add({ stop: () => copyFile(log, plans) });
  }
  await createTemplate(postgres.url, migrate);
  const keep = async <Server extends { stop(): Promise<void> }>(start: Promise<Server>) => {
    const server = await start;
    started.add(server);
    return server;
  };
  return {
    redis: await keep(startRedis()),
    sshd: await keep(startSshd()),
    redash: await keep(startReadyRedash()),
    secretKey: randomBytes(32).toString('base64'),
    newDatabase: () => createTestDatabase(postgres.url),
    writeStatementCosts: async (file) => {
      if (plans !== undefined) await writeStatementCosts(postgres.url, file);
    },
  };
}

async function ownDirectory() {
  const directory = await mkdtemp(join(tmpdir(), 'muster-bench-pg-'));
  await chmod(directory, 0o755); // the server is another user where we are root
  return directory;
}
