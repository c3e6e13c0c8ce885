import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { removePostgresDirectory } from '@muster/testing/postgresDirectory';
import { waitFor } from '@muster/testing/waitFor';
import { type DemoHome } from './demoHome.ts';
import { startDatabase } from './startDatabase.ts';
import { stopList } from './stopList.ts';

const START_MS = 60_000;

async function startedDatabase() {
  const postgres = await mkdtemp(join(tmpdir(), 'muster-demo-'));
  const lost: { name: string; logFile: string }[] = [];
  const started = stopList();
  const url = await startDatabase({ home: { postgres } as DemoHome, started, onLost: (one) => lost.push(one) });
  const end = async () => {
    await started.stopAll();
    await removePostgresDirectory(postgres);
  };
  return { url, lost, started, end };
}

async function pidOf(url: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ text: string }>("select pg_read_file('postmaster.pid') as text");
  await client.end();
  return parseInt(rows[0]!.text, 10);
}

it(
  'tells once, and with its log, that PostgreSQL has ended by itself',
  async () => {
    const { url, lost, end } = await startedDatabase();
    process.kill(await pidOf(url), 'SIGKILL');
    await waitFor(() => lost.length > 0);
    expect(lost).toEqual([{ name: 'PostgreSQL of the demo', logFile: expect.any(String) as string }]);
    expect(await readFile(lost[0]!.logFile, 'utf8')).toBeDefined();
    await end();
    expect(lost).toHaveLength(1);
  },
  START_MS,
);

it(
  'says nothing of one that we have stopped',
  async () => {
    const { lost, end } = await startedDatabase();
    await end();
    expect(lost).toEqual([]);
  },
  START_MS,
);
