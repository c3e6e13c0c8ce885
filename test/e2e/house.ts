import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openDatabase, type OpenDatabase } from '@muster/db/openDatabase';
import { migrateQueue } from '@muster/queue/migrateQueue';
import { startLink } from '@muster/testing/startLink';
import { createTestDatabase } from '@muster/testing/testDatabase';
import { runCli } from '../../tools/demo/runCli.ts';
import { stopList, type StopList } from '../../tools/demo/stopList.ts';
import { startRedash } from '../../tools/redash/startRedash.ts';
import { type SavedQuery } from '../../tools/redash/savedQuery.ts';
import { openClient } from '@muster/client/openClient';
import { apiClient } from './apiClient.ts';
import { checkedFetch } from './checkedFetch.ts';
import { insertBorrowers } from './insertBorrowers.ts';
import { removeKeys, type Store } from './queueStore.ts';
import { startProcess } from './startProcess.ts';

export interface HouseOptions {
  backend: 'redis' | 'postgres';
  /** Settings of all processes, by their environment variables. */
  settings?: Record<string, string>;
  /** How many schedulers; default one. */
  schedulers?: number;
  /** How many workers; default one. */
  workers?: number;
  /** The entry of workers, where it is not their own. */
  workerMain?: string;
  /** Puts links that can be broken before the database and the queue. */
  linked?: boolean;
  /** Servers of the test's own, in place of those that all tests share. */
  servers?: { redisUrl?: string; postgresUrl?: string };
}

/** Times made for tests; the rest is as shipped. A process that is told to stop hands its steps back at once. */
const SHORT_TIMES = {
  LEASE_MS: '3000',
  HEARTBEAT_MS: '500',
  HEAL_EVERY_MS: '500',
  SWEEP_EVERY_MS: '300',
  QUEUE_LOCK_MS: '2000',
  STOP_WITHIN_MS: '6000',
  LOG_LEVEL: 'debug',
};

/** An API and its schedulers, started as they are shipped, with a company, and the outside in reach of the test. */
export type House = Awaited<ReturnType<typeof openHouse>>;

/** Opens a house. Whatever was started is stopped again where this fails. */
export async function openHouse(options: HouseOptions) {
  const started = stopList();
  try {
    return await furnish(options, started);
  } catch (error) {
    await started.stopAll();
    throw error;
  }
}

async function furnish(options: HouseOptions, started: StopList) {
  const { backend, settings = {}, schedulers = 1, workers = 1, workerMain, linked = false, servers } = options;
  const place = await ownPlace(started);
  const { db, url: databaseUrl } = await ownDatabase(backend, started, servers?.postgresUrl);
  const store = ownStore({ backend, databaseUrl, ...servers }, started);
  const outside = await openOutside(databaseUrl, started);
  const links = linked ? await openLinks(store, started) : undefined;
  const redisUrl = links?.redis?.url ?? store.redisUrl;
  const env = {
    ...{ ...SHORT_TIMES, TMPDIR: place.temporary, QUEUE_PREFIX: store.prefix },
    ...{ DATABASE_URL: links?.database.url ?? databaseUrl, ...(redisUrl !== undefined && { REDIS_URL: redisUrl }) },
    ...{ FILE_STORE_URL: pathToFileURL(place.files).href, MUSTER_SECRET_KEY: randomBytes(32).toString('base64') },
    ...{ PORT: '0', ALLOW_HTTP: new URL(outside.redash.url).host, ALLOW_ADDRESSES: '127.0.0.1:*', ...settings },
  };
  const start = startIn({ env, logs: place.logs, started, workerMain });
  const [company, api, ...others] = await Promise.all([
    makeCompany(db, { ...env, DATABASE_URL: databaseUrl }),
    start('api'),
    ...Array.from({ length: schedulers }, () => start('scheduler')),
    ...Array.from({ length: workers }, () => start('worker')),
  ]);
  const url = (await api.line('api.listening')).url ?? '';
  const client = apiClient(url, company.apiKey);
  return {
    ...{ db, databaseUrl, store, links, env, url, ...company, ...outside, api: client, directory: place.directory },
    /** The typed client; its answers are held against the API's description. */
    client: openClient({
      url: `${url}/api`,
      credential: company.apiKey,
      fetch: await checkedFetch(`${url}/api`, client.answers),
    }),
    processes: [api, ...others],
    workers: others.slice(schedulers),
    start,
    startWorker: (more: Record<string, string> = {}) => start('worker', more),
    logs: place.logs,
    secrets: [secretOf(company.apiKey), outside.redashApiKey, outside.sftpPassword, env.MUSTER_SECRET_KEY],
    /** Stops and removes, with the house, what a test has started. */
    keep: started.add,
    close: () => started.stopAll(),
  };
}

async function ownPlace(started: StopList) {
  const directory = await mkdtemp(join(tmpdir(), 'muster-e2e-'));
  started.add({ stop: () => rm(directory, { recursive: true, force: true }) });
  const [logs, files, temporary] = ['logs', 'files', 'tmp'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  for (const made of [logs, files, temporary]) await mkdir(made);
  noteLogs(logs);
  return { directory, logs, files, temporary };
}

async function ownDatabase(backend: HouseOptions['backend'], started: StopList, server: string | undefined) {
  const database = await createTestDatabase(server);
  started.add({ stop: () => database.drop() });
  if (backend === 'postgres') await migrateQueue(database.url);
  const db = await openDatabase({ url: database.url, poolSize: 6, asLogin: true });
  started.add({ stop: () => db.close() });
  return { db, url: database.url };
}

interface StorePlace extends NonNullable<HouseOptions['servers']> {
  backend: HouseOptions['backend'];
  databaseUrl: string;
}

function ownStore(place: StorePlace, started: StopList): Store {
  const { backend, databaseUrl, redisUrl = process.env['MUSTER_TEST_REDIS'] } = place;
  const prefix = `{e2e-${randomUUID()}}`;
  if (backend === 'postgres') return { prefix, databaseUrl };
  if (redisUrl === undefined) throw new Error('run end-to-end tests with "jest --selectProjects e2e"');
  const store = { prefix, databaseUrl, redisUrl };
  started.add({ stop: () => removeKeys(store) });
  return store;
}

async function openOutside(databaseUrl: string, started: StopList) {
  const queries: SavedQuery[] = [];
  const redashApiKey = randomBytes(20).toString('hex');
  const redash = await startRedash({ databaseUrl, queries, userKeys: [redashApiKey] });
  started.add(redash);
  /** Saves a query; gives what a campaign says of it. */
  const saveQuery = (sql: string) => {
    const id = 100 + queries.length;
    queries.push({ id, name: `Query ${id}`, sql: `select * from (${sql}) as query_${id}` }); // equal texts would share a job
    return { redashQueryUrl: `${redash.url}/queries/${id}`, redashApiKey };
  };
  return { queries, redash, redashApiKey, sftpPassword: `pw-${randomBytes(12).toString('hex')}`, saveQuery };
}

async function openLinks({ databaseUrl, redisUrl }: Store, started: StopList) {
  const database = await startLink(databaseUrl);
  started.add(database);
  if (redisUrl === undefined) return { database };
  const redis = await startLink(redisUrl);
  started.add(redis);
  return { database, redis };
}

interface Starting {
  env: Record<string, string>;
  logs: string;
  started: StopList;
  workerMain: string | undefined;
}

function startIn({ env, logs, started, workerMain }: Starting) {
  let number = 0;
  return (app: 'api' | 'worker' | 'scheduler', more: Record<string, string> = {}) =>
    startProcess({
      ...{ app, name: `${app}-${++number}`, env: { ...env, ...more }, logs, onSpawn: started.add },
      ...(app === 'worker' && workerMain !== undefined && { main: workerMain }),
    });
}

/** For tools/jest/logEnvironment.ts, which shows them when a test fails. */
function noteLogs(directory: string) {
  const home = globalThis as unknown as { __musterLogs?: string[] };
  (home.__musterLogs ??= []).push(directory);
}

/** A company with its borrowers and a key, made as an operator does. */
async function makeCompany(db: OpenDatabase, env: Record<string, string>) {
  const create = ['company', 'create', '--name', 'Test Lender', '--time-zone', 'America/New_York'];
  const { companyId } = await runCli<{ companyId: string }>(create, env);
  const forKey = ['key', 'create', '--company', companyId, '--role', 'admin'];
  const [{ apiKey }] = await Promise.all([runCli<{ apiKey: string }>(forKey, env), insertBorrowers(db, companyId)]);
  return { companyId, apiKey };
}

/** What stands behind `mk_<id>_`, without the checksum; it may hold underscores of its own. */
function secretOf(apiKey: string) {
  return apiKey.split('_').slice(2).join('_').slice(0, 43);
}
