import { execFile } from 'node:child_process';
import { appendFile, chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Database } from '@muster/core/database';
import { migrate } from '@muster/db/migrate';
import { removePostgresDirectory } from '@muster/testing/postgresDirectory';
import { type PostgresServer, startPostgres } from '@muster/testing/startPostgres';
import { createTemplate } from '@muster/testing/testDatabase';
import { waitFor } from '@muster/testing/waitFor';

const run = promisify(execFile);
const DISK = '400m';
const BALLAST_BYTES = 1024 * 1024;
// Small enough for the disk; and time for a test to close the ring of a deadlock before anybody looks for one.
const SETTINGS = { max_wal_size: '64MB', min_wal_size: '32MB', deadlock_timeout: '2s' };

/** A PostgreSQL of a test's own, that can be stopped, crashed and started again; its address stays the same. */
export type OwnPostgres = Awaited<ReturnType<typeof ownPostgres>>;

/** Starts one on a small disk of its own where we may mount one, else in a directory. */
export async function ownPostgres({ maxConnections = 120 } = {}) {
  const home = await mkdtemp(join(tmpdir(), 'muster-own-pg-'));
  await chmod(home, 0o755); // the server is another user where we are root
  const directory = join(home, 'disk');
  await mkdir(directory);
  const isMounted = await mountSmall(directory);
  const address = join(home, 'now'); // leads to wherever the socket is this time
  let server: PostgresServer | undefined;
  const start = async () => {
    server = await startPostgres({ directory, maxConnections, settings: SETTINGS });
    await rm(address, { force: true });
    await symlink(server.socketDirectory, address);
    return server.url.replace(encodeURIComponent(server.socketDirectory), encodeURIComponent(address));
  };
  const stop = async () => {
    await server?.stop();
    server = undefined;
  };
  const url = await start();
  await createTemplate(url, migrate);
  return {
    ...{ url, start, stop },
    /** Ends it at once, as a crash would: what follows is a recovery. */
    crash: async () => {
      process.kill(await pidIn(directory), 'SIGQUIT');
      await stop();
    },
    /** Leaves not a byte on its disk; only where we may mount one (mayMount.ts). */
    fillDisk: () => fill(join(directory, 'ballast')),
    freeDisk: () => rm(join(directory, 'ballast'), { force: true }),
    remove: async () => {
      await stop();
      if (isMounted) await run('umount', ['-l', directory]);
      else await removePostgresDirectory(directory);
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Writes to the log of a server with a full disk until there is no room for the smallest change. */
export async function useUpLog(db: Database): Promise<void> {
  const isRefused = () =>
    db.execute(`select pg_logical_emit_message(true, 'ballast', repeat('x', 4000000))`).then(
      () => false,
      () => true,
    );
  await waitFor(isRefused, { timeoutMs: 60_000, everyMs: 1, what: 'the log of PostgreSQL to be full' });
}

/** Mounts a small disk in memory; false where we may not. */
async function mountSmall(directory: string) {
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK},mode=755`, 'tmpfs', directory]);
    return true;
  } catch {
    return false;
  }
}

async function pidIn(directory: string) {
  const elsewhere = await readFile(join(directory, 'elsewhere'), 'utf8').catch(() => directory);
  const mark = await readFile(join(elsewhere, 'data', 'postmaster.pid'), 'utf8');
  return Number(mark.split('\n')[0]);
}

async function fill(file: string) {
  await writeFile(file, '');
  for (let bytes = BALLAST_BYTES; bytes >= 1;) {
    try {
      await appendFile(file, Buffer.alloc(bytes));
    } catch {
      bytes = Math.floor(bytes / 16); // it is full for so much; is it for less?
    }
  }
}
