import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { addressGuard } from '@muster/adapters/addressGuard/addressGuard';
import { guardedAgents } from '@muster/adapters/addressGuard/guardedAgents';
import { readAllowList } from '@muster/adapters/addressGuard/readAllowList';
import { redashSource, type RedashSettings } from '@muster/adapters/redash/redashSource';
import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import pg from 'pg';
import { type FaultFor } from './faults.ts';
import { type SavedQuery } from './savedQuery.ts';
import { type Redash, startRedash } from './startRedash.ts';

export const USER_KEY = 'user-key-canary';
export const START: FaultFor = { method: 'POST', path: /\/results$/ };
export const POLL: FaultFor = { method: 'GET', path: /\/jobs\// };
export const RESULT: FaultFor = { method: 'GET', path: /\/results\/\d+\.json$/ };

/** What a test fetches, and how. */
export interface Fetch {
  /** The number, or what stands behind `/queries/`. */
  query?: number | string;
  key?: string;
  settings?: Partial<RedashSettings>;
  signal?: AbortSignal;
}

/** For the tests of one file: a stand-in anew for each test, a table `borrower`, and a source that asks the stand-in. */
export function redashBench(queries: SavedQuery[]) {
  let database: TestDatabase;
  let client: pg.Client;
  let redash: Redash;
  let spoolDirectory: string;

  beforeAll(async () => {
    spoolDirectory = await mkdtemp(join(tmpdir(), 'redash-spool-'));
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('CREATE TABLE borrower (id bigint, email text)');
  });
  beforeEach(async () => {
    await client.query('TRUNCATE borrower');
    redash = await startRedash({ databaseUrl: database.url, userKeys: [USER_KEY], queries });
  });
  afterEach(async () => {
    await redash.stop();
    // whatever happened, nobody's data may stay behind
    if ((await readdir(spoolDirectory)).length > 0) throw new Error('this test left a spooled answer on disk');
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
    await rm(spoolDirectory, { recursive: true });
  });

  const settings = (): RedashSettings => ({
    ...{ spoolDirectory, requestTimeoutMs: 2_000, deadlineMs: 20_000, maxBytes: 50_000_000, pollIntervalsMs: [10] },
    allowHttp: () => true,
    agents: guardedAgents(addressGuard({ allow: readAllowList('127.0.0.1:*') })),
  });
  return {
    redash: () => redash,
    sql: (text: string) => client.query(text),
    settings,
    fetchRows: (fetch: Fetch = {}) =>
      startFetch(`${redash.url}/queries/${fetch.query ?? 1}`, { ...settings(), ...fetch.settings }, fetch),
    /** What was asked, with `JOB` for ids of jobs. */
    pathsSeen: () => redash.requests.map(({ method, path }) => `${method} ${path.replace(/[-0-9a-f]{36}/, 'JOB')}`),
  };
}

/** A fetch under way: where it writes to, what came so far, and how it ends. */
export type FetchUnderWay = ReturnType<typeof startFetch>;

function startFetch(
  url: string,
  settings: RedashSettings,
  { key = USER_KEY, signal = new AbortController().signal }: Fetch,
) {
  const to = new PassThrough();
  const chunks: Buffer[] = [];
  to.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => undefined);
  const result = redashSource(settings).fetchRows({ url, apiKey: key }, to, signal);
  return { to, csv: () => Buffer.concat(chunks).toString(), result };
}

/** Expects a failure that is for now: its code, a sentence, and neither a key nor a library's error in it. */
export async function expectTemporary(fetch: FetchUnderWay, code: string): Promise<void> {
  await expectFailure(fetch, 'TemporaryFailure', code);
}

/** As expectTemporary, of a failure that is for good. */
export async function expectPermanent(fetch: FetchUnderWay, code: string): Promise<void> {
  await expectFailure(fetch, 'PermanentFailure', code);
}

async function expectFailure({ result, to }: FetchUnderWay, name: string, code: string) {
  const error = await result.then(
    () => undefined,
    (thrown: unknown) => thrown as Error & { code: string; details: unknown },
  );
  expect(error).toMatchObject({ name, code });
  expect(error?.message).toMatch(/\w+ \w+ \w+/);
  expect(error?.cause).toBeUndefined();
  expect(JSON.stringify([error?.message, error?.details, error?.stack])).not.toMatch(/canary|jane@/);
  expect(to.writableEnded).toBe(false);
}
