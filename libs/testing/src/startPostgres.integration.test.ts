import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { removePostgresDirectory } from './postgresDirectory.ts';
import { startPostgres } from './startPostgres.ts';
import { waitFor } from './waitFor.ts';

const ROOT = join(import.meta.dirname, '../../..');
const START_MS = 60_000; // on a busy machine initdb takes its time

async function ask(url: string, sql: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function isGone(path: string) {
  return access(path).then(
    () => false,
    (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT',
  );
}

/** The process number of the server, whose parent process this is not. */
async function pidOf(url: string) {
  const [row] = await ask(url, "SELECT pg_read_file('postmaster.pid') AS text");
  return parseInt(String(row!['text']), 10);
}

function isAlive(pid: number) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

it(
  'leaves no process and no file behind when it is stopped',
  async () => {
    const server = await startPostgres();
    const pid = await pidOf(server.url);

    await server.stop();

    expect(isAlive(pid)).toBe(false);
    expect(await isGone(server.socketDirectory)).toBe(true);
  },
  START_MS,
);

it(
  'leaves no process and no file behind when the process that started it is killed',
  async () => {
    const script = `
      import { startPostgres } from '@muster/testing/startPostgres';
      const server = await startPostgres();
      console.log(JSON.stringify(server));
      setInterval(() => {}, 1000);`;
    const args = ['--conditions=source', '--import', 'tsx', '--input-type=module', '-e', script];
    const parent = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = (await once(parent.stdout, 'data')) as [Buffer];
    const server = JSON.parse(said.toString()) as { url: string; socketDirectory: string };
    const pid = await pidOf(server.url);

    parent.kill('SIGKILL');

    await waitFor(() => isGone(server.socketDirectory), { what: 'the files to vanish' });
    expect(isAlive(pid)).toBe(false);
  },
  START_MS,
);

describe('with a directory', () => {
  it(
    'keeps the data from start to start, even after a crash whose process number was taken by another',
    async () => {
      const directory = await mkdtemp(join(tmpdir(), 'muster-kept-'));
      const first = await startPostgres({ directory, durable: true });
      await ask(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
      const data = String((await ask(first.url, 'SHOW data_directory'))[0]!['data_directory']);
      await first.stop();
      await writeFile(join(data, 'postmaster.pid'), `${process.pid}\n${data}\n`);

      const second = await startPostgres({ directory, durable: true });
      const rows = await ask(second.url, 'SELECT answer FROM kept');
      await second.stop();

      await removePostgresDirectory(directory);
      expect(rows).toEqual([{ answer: 42 }]);
    },
    START_MS,
  );

  it(
    'keeps them also where only its owner may enter, and removes them on demand',
    async () => {
      const closed = await mkdtemp(join(tmpdir(), 'muster-closed-')); // of mode 700: root's server may not enter
      const directory = join(closed, 'postgres');
      const first = await startPostgres({ directory });
      await ask(first.url, 'CREATE TABLE kept ()');
      const data = String((await ask(first.url, 'SHOW data_directory'))[0]!['data_directory']);
      await first.stop();

      const second = await startPostgres({ directory });
      const rows = await ask(second.url, "SELECT to_regclass('kept') AS found");
      await second.stop();
      await removePostgresDirectory(directory);
      await rm(closed, { recursive: true });

      expect(rows).toEqual([{ found: 'kept' }]);
      expect(await isGone(data)).toBe(true);
    },
    START_MS,
  );
});

it(
  'says what its log says when it cannot start',
  async () => {
    await expect(startPostgres({ settings: { shared_buffers: 'plenty' } })).rejects.toThrow('shared_buffers');
  },
  START_MS,
);
