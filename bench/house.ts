import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openDatabase, type OpenDatabase } from '@muster/db/openDatabase';
import { startOnFreePort } from '@muster/testing/startOnFreePort';
import { type TestDatabase } from '@muster/testing/testDatabase';
import { removeKeys } from '../test/e2e/queueStore.ts';
import { type MusterProcess, startProcess } from '../test/e2e/startProcess.ts';
import { type StopList, stopList } from '../tools/demo/stopList.ts';
import { type Bench } from './bench.ts';
import { addCompany, type Company } from './borrowers.ts';

type App = 'api' | 'worker' | 'scheduler';

export interface HouseOptions {
  /** For whom: the name of the case. */
  name: string;
  /** Default: an empty one, that goes with the house. */
  database?: TestDatabase;
  /** Processes of each kind; default one each. */
  counts?: Partial<Record<App, number>>;
  /** Settings that differ from those that are shipped, by their environment variables. */
  settings?: Record<string, string>;
}

/** Our processes, as they are shipped, on the servers of the bench. */
export interface House {
  /** Whose tables they are: sees everything. */
  db: OpenDatabase;
  databaseUrl: string;
  /** Of the keys in Redis. */
  prefix: string;
  /** Of the API, where there is one. */
  url: string;
  /** For what goes with the house, such as logs. */
  directory: string;
  bench: Bench;
  addCompany(): Promise<Company>;
  /** Starts a further process. */
  start(app: App): Promise<MusterProcess>;
  /** Ends one as a supervisor does. */
  end(process: MusterProcess): Promise<void>;
  processes(app: App): MusterProcess[];
  close(): Promise<void>;
}

interface Running {
  app: App;
  process: MusterProcess;
  metricsUrl: string;
}

/** Opens a house. What was started is stopped again where this fails. */
async function openHouse(bench: Bench, options: HouseOptions): Promise<House> {
  const started = stopList();
  bench.started.add({ stop: () => started.stopAll() }); // whoever interrupts us
  try {
    return await furnish(bench, options, started);
  } catch (error) {
    await started.stopAll();
    throw error;
  }
}

/** Does a piece of work in a house, and closes it. */
export async function inHouse<Result>(bench: Bench, options: HouseOptions, work: (house: House) => Promise<Result>) {
  const house = await openHouse(bench, options);
  try {
    return await work(house);
  } finally {
    await house.close();
  }
}

async function furnish(bench: Bench, { name, database, counts = {}, settings = {} }: HouseOptions, started: StopList) {
  const place = await ownPlace(started);
  const { url: databaseUrl, drop } = database ?? (await bench.servers.newDatabase());
  if (!database) started.add({ stop: drop });
  const db = await openDatabase({ url: databaseUrl, poolSize: 8, asLogin: true });
  started.add({ stop: () => db.close() });
  const prefix = `{bench-${randomUUID()}}`;
  const redisUrl = bench.servers.redis.url;
  started.add({ stop: () => removeKeys({ prefix, databaseUrl, redisUrl }) });
  const env = { ...environmentOf(bench, place), DATABASE_URL: databaseUrl, QUEUE_PREFIX: prefix, ...settings };
  const operator = await addCompany(db);
  const processes = processesIn({ bench, name, env, logs: place, apiKey: operator.apiKey, started });
  const wanted = { api: 1, scheduler: 1, worker: 1, ...counts };
  const apps = (Object.keys(wanted) as App[]).flatMap((app) => Array<App>(wanted[app]).fill(app));
  await Promise.all(apps.map((app) => processes.start(app)));
  const api = processes.running.find(({ app }) => app === 'api');
  const house: House = {
    ...{ db, databaseUrl, prefix, bench, directory: place, url: api ? new URL(api.metricsUrl).origin : '' },
    addCompany: () => addCompany(db),
    ...{ start: processes.start, end: processes.end },
    processes: (wantedApp) => processes.running.filter(({ app }) => app === wantedApp).map(({ process }) => process),
    close: async () => {
      await processes.noteLoops();
      await started.stopAll();
    },
  };
  return house;
}

async function ownPlace(started: StopList) {
  const directory = await mkdtemp(join(tmpdir(), 'muster-bench-'));
  started.add({ stop: () => rm(directory, { recursive: true, force: true }) });
  for (const made of ['files', 'tmp']) await mkdir(join(directory, made));
  return directory;
}

function environmentOf({ servers, profiles }: Bench, place: string): Record<string, string> {
  const profiling = pathToFileURL(join(import.meta.dirname, 'profileProcess.mjs')).href;
  return {
    ...{ NODE_ENV: 'production', TMPDIR: join(place, 'tmp'), REDIS_URL: servers.redis.url },
    ...{ FILE_STORE_URL: pathToFileURL(join(place, 'files')).href, MUSTER_SECRET_KEY: servers.secretKey, PORT: '0' },
    ...{ ALLOW_HTTP: new URL(servers.redash.url).host, ALLOW_ADDRESSES: '127.0.0.1:*' },
    ...(profiles !== undefined && { NODE_OPTIONS: `--import ${profiling}`, PROFILES: profiles }),
  };
}

interface Furnishing {
  bench: Bench;
  name: string;
  env: Record<string, string>;
  logs: string;
  apiKey: string;
  started: StopList;
}

function processesIn({ bench, name, env, logs, apiKey, started }: Furnishing) {
  const running: Running[] = [];
  let number = 0;
  const launch = (app: App, port: number) => {
    const own = { ...env, METRICS_PORT: String(port), PROFILE_NAME: `${name}-${app}` };
    return startProcess({ app, name: `${app}-${++number}`, env: own, logs, onSpawn: started.add });
  };
  const metricsOf = async ({ metricsUrl }: Running) =>
    (await fetch(metricsUrl, { headers: { 'X-API-KEY': apiKey } })).text();
  const noteLoop = async (one: Running) => bench.loops.note(`${one.app} of ${name}`, await metricsOf(one));
  return {
    running,
    start: (app: App) =>
      startOnFreePort(async (port) => {
        const process = await launch(app, port);
        const served = app === 'api' ? (await process.line('api.listening')).url : `http://127.0.0.1:${port}`;
        const one = { app, process, metricsUrl: `${served ?? ''}/metrics` };
        await metricsOf(one); // what the start took is no delay of the work
        running.push(one);
        return process;
      }),
    end: async (process: MusterProcess) => {
      const [one] = running.splice(
        running.findIndex((candidate) => candidate.process === process),
        1,
      );
      if (one) await noteLoop(one);
      await process.stop();
    },
    noteLoops: async () => {
      for (const one of running.splice(0)) {
        await noteLoop(one).catch(() => undefined); // it has ended
        if (bench.profiles !== undefined) await one.process.stop(); // a profile is written at the end
      }
    },
  };
}
