import { access, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { postgresBinaries } from './postgresBinaries.ts';
import { hasRoomInMemory, keptDirectory, temporaryDirectory, type PostgresDirectory } from './postgresDirectory.ts';
import { startGuarded, type Guarded } from './startGuarded.ts';
import { waitForPredecessor } from './waitForPredecessor.ts';
import { waitFor } from './waitFor.ts';

const SETTINGS = {
  always: {
    wal_level: 'minimal', // no replicas, so COPY into a new table writes no WAL
    max_wal_senders: '0',
    jit: 'off', // costs more than it gains on queries of milliseconds
    shared_buffers: '64MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
  },
  /** Data that nobody will miss: nothing waits for the disk. */
  careless: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
};
const START_TIMEOUT_MS = 60_000;

export interface PostgresOptions {
  /** Keeps the data here from start to start; without it they vanish when the server stops. */
  directory?: string;
  /** Survives a power cut (fsync); off by default. */
  durable?: boolean;
  /** Listens on 127.0.0.1 too, for roles that have a password; by default only on a socket in a directory of ours. */
  port?: number;
  /** 300 by default. */
  maxConnections?: number;
  /** Further settings of postgresql.conf. */
  settings?: Record<string, string>;
}

export interface PostgresServer {
  /** The address of its database `postgres`; `databaseUrl(url, name)` is that of another one. */
  url: string;
  socketDirectory: string;
  logFile: string;
  /** Waits for it to end, also by itself; gives its exit code. */
  ended(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts the PostgreSQL that came with the npm packages, as root too; it ends when we do, even by SIGKILL. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const place = options.directory === undefined ? await temporaryDirectory() : await keptDirectory(options.directory);
  const { bin, copy } = await postgresBinaries(place.owner);
  if (copy) place.temporary.push(copy);

  await initialise(place, bin, options);
  await waitForPredecessor(place.data);
  const server = startGuarded({
    ...program(place, join(bin, 'postgres'), ['-D', place.data, ...(await flags(place, options))]),
    stopSignal: options.directory === undefined ? 'QUIT' : 'INT', // QUIT: at once, without saving anything
  });
  const url = addressOf(place, options);
  await whenReady(server, url, place);
  const { socketDirectory, logFile } = place;
  return { url, socketDirectory, logFile, ended: () => server.ended(), stop: () => server.stop() };
}

function program({ owner, logFile, temporary }: PostgresDirectory, command: string, args: string[]) {
  return { command, args, logFile, owner, removeAtStop: temporary };
}

// Made under another name and then renamed: what is called `data` is whole, whatever interrupted us.
async function initialise(place: PostgresDirectory, bin: string, { durable }: PostgresOptions) {
  if (await isThere(join(place.data, 'PG_VERSION'))) return;
  const fresh = `${place.data}.new`;
  await rm(fresh, { recursive: true, force: true });
  const args = ['-D', fresh, '-U', 'postgres', '--encoding=UTF8', '--locale=C', '--auth-local=trust'];
  args.push('--auth-host=scram-sha-256', ...(durable ? [] : ['--no-sync']));
  const initdb = startGuarded({ ...program(place, join(bin, 'initdb'), args), stopSignal: 'TERM' });
  const code = await initdb.ended();
  if (code !== 0) throw await failure('initdb', initdb, place);
  await initdb.leave();
  await rename(fresh, place.data);
}

async function flags({ socketDirectory }: PostgresDirectory, options: PostgresOptions) {
  const settings: Record<string, string> = {
    ...SETTINGS.always,
    ...(options.durable ? {} : SETTINGS.careless),
    dynamic_shared_memory_type: (await hasRoomInMemory()) ? 'posix' : 'mmap', // 64 MB are soon used by parallel queries
    max_connections: String(options.maxConnections ?? 300),
    unix_socket_directories: socketDirectory,
    listen_addresses: options.port === undefined ? '' : '127.0.0.1',
    ...(options.port === undefined ? {} : { port: String(options.port) }),
    ...options.settings,
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function addressOf({ socketDirectory }: PostgresDirectory, { port }: PostgresOptions) {
  const query = new URLSearchParams({ host: socketDirectory, ...(port === undefined ? {} : { port: String(port) }) });
  return `postgres://postgres@/postgres?${query.toString()}`;
}

async function whenReady(server: Guarded, url: string, place: PostgresDirectory) {
  const answers = async () => server.hasEnded() || (await connects(url));
  await waitFor(answers, { timeoutMs: START_TIMEOUT_MS, what: 'PostgreSQL to answer' }).catch(
    async (error: unknown) => {
      await server.stop();
      throw error;
    },
  );
  if (server.hasEnded()) throw await failure('PostgreSQL', server, place);
}

async function connects(url: string) {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

async function failure(what: string, program: Guarded, { logFile }: PostgresDirectory) {
  const log = await readFile(logFile, 'utf8').catch(() => '');
  await program.stop();
  return new Error(`${what} did not start; the end of its log:\n${log.trimEnd().split('\n').slice(-10).join('\n')}`);
}

function isThere(path: string) {
  return access(path).then(
    () => true,
    () => false,
  );
}
