import { pipeline } from 'node:stream/promises';
import { type Readable, type Writable } from 'node:stream';
import type pg from 'pg';
import copy from 'pg-copy-streams';
import { DataSource, type EntityManager } from 'typeorm';
import { type Database, type Work } from '@muster/core/database';
import { codeOf, PermanentFailure } from '@muster/core/errors';
import { translateDatabaseError } from './databaseErrors.ts';
import { connectionOf, endSilent } from './endSilent.ts';
import { preparedName } from './preparedNames.ts';
import { schemas } from './schemas.ts';

/** The database as our own code sees it: our statements, and TypeORM's view of the same connections for single rows. */
export interface ManagedDatabase extends Database {
  readonly source: DataSource;
  /** The manager of the transaction at hand, or of the pool. */
  readonly manager: EntityManager;
  transaction<Result>(work: Work<ManagedDatabase, Result>, opening?: string): Promise<Result>;
}

/** The pool: all companies, for what comes before a company is known, or is about many. */
export interface OpenDatabase extends ManagedDatabase {
  /** The rows of one company, and no others, whatever a statement asks for: row-level security sees to it. */
  forCompany(companyId: string): CompanyDatabase;
  close(): Promise<void>;
}

/** What all work for one company is handed: it cannot be without its company, and cannot reach another's rows. */
export interface CompanyDatabase extends ManagedDatabase {
  readonly companyId: string;
  transaction<Result>(work: Work<CompanyDatabase, Result>, opening?: string): Promise<Result>;
}

export interface DatabaseOptions {
  url: string;
  /** Connections at most; default 10. */
  poolSize?: number;
  /** What PostgreSQL shows of us; of our processes, one of `processNames`. */
  applicationName?: string;
  /** How long the pool keeps a connection that nobody uses, but for one, which it always keeps; default 10 s. */
  idleMs?: number;
  /** Stays who the login is, as tools do that make tables: default false. */
  asLogin?: boolean;
  /** How long the server may be silent while an answer is awaited; default 20 s, longer than a wait for a lock. */
  silenceMs?: number;
  /** Ends every statement that takes that long, as in processes where somebody waits for each; by default one may go on as long as the server answers others. */
  shortStatements?: boolean;
  onError?: (error: Error) => void;
}

/** What works before a company is known, or for many, works as this; for one company, as the other (migration `tenancy`). */
const SYSTEM_ROLE = 'muster_system';
const COMPANY_ROLE = 'muster_app';

const IDLE_MS = 10_000;
const SILENCE_MS = 20_000;
const SERVER_FIRST = 0.9; // a server that lives ends the statement itself: it would go on with it after we have gone
const KEEPALIVE_AFTER_MS = 10_000; // then a probe each second, ten at most

/**
 * Opens the pool, as the role that may see all companies: `forCompany` is for the work of one. No statement waits for ever:
 * not for a lock, and not for a server that has stopped or cannot be reached (TemporaryFailure; whether a `commit` on its way
 * was carried out is not known then).
 */
export async function openDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  const { silenceMs = SILENCE_MS, shortStatements = false } = options;
  const source = new DataSource({
    type: 'postgres',
    url: options.url,
    entities: Object.values(schemas),
    poolSize: options.poolSize ?? 10,
    applicationName: options.applicationName ?? 'muster',
    poolErrorHandler: (error: Error) => options.onError?.(error), // an idle connection was lost: the pool makes another
    extra: {
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: options.idleMs ?? IDLE_MS,
      min: 1, // whoever asks for `connectedProcesses` must see us, however quiet it is
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEPALIVE_AFTER_MS,
      onConnect: endSilent({ url: options.url, silenceMs, longStatements: !shortStatements }),
      ...(shortStatements && { statement_timeout: silenceMs * SERVER_FIRST }),
      idle_in_transaction_session_timeout: 60_000,
      lock_timeout: 15_000,
      ...(!options.asLogin && { options: `-c role=${SYSTEM_ROLE}` }),
    },
  });
  await translated(source.initialize()).catch((error: unknown) => {
    throw isRoleRefused(error) ? rolesMissing(error) : error;
  });
  return pooled(source);
}

/** The role that we work as is not there (22023), or not ours to take (42501). */
function isRoleRefused(error: unknown) {
  return ['22023', '42501'].includes(codeOf(error) ?? '');
}

function rolesMissing(cause: unknown) {
  const message =
    'the database cannot be used yet: run `npm run migrate` first, and where processes log in as somebody else than it does, ' +
    `grant ${COMPANY_ROLE} and ${SYSTEM_ROLE} to that login`;
  return new PermanentFailure('databaseNotMigrated', message, { cause });
}

function pooled(source: DataSource): OpenDatabase {
  return {
    ...statements((use) => onOwnConnection(source, ({ client }) => use(client))),
    source,
    manager: source.manager,
    transaction: (work, opening) =>
      translated(
        inTransaction(source, { opening }, (own, opened) =>
          work(transacting<ManagedDatabase>(source, own, {}), opened),
        ),
      ),
    forCompany: (companyId) => ofCompany(source, companyId),
    close: () => source.destroy(),
  };
}

/** What may be seen is set for a transaction, never for a pooled connection: so each statement is in one. */
function ofCompany(source: DataSource, companyId: string): CompanyDatabase {
  const enter = enterCompany(companyId);
  return {
    ...statements((use) => inTransaction(source, { enter }, ({ client }) => use(client))),
    source,
    manager: source.manager,
    companyId,
    transaction: (work, opening) =>
      translated(
        inTransaction(source, { enter, opening }, (own, opened) =>
          work(transacting<CompanyDatabase>(source, own, { companyId }), opened),
        ),
      ),
  };
}

/** Only for ids of ours: the statement has no parameters, so that it can follow another one. */
function enterCompany(companyId: string): string {
  if (!/^[A-Z0-9-]{1,50}$/.test(companyId)) throw new Error('a company id has a form, and this has not');
  return `select set_config('role', '${COMPANY_ROLE}', true), set_config('muster.company', '${companyId}', true)`;
}

/** A connection of the pool while it is ours. */
interface Own {
  client: pg.ClientBase;
  manager: EntityManager;
}

interface Beginning {
  enter?: string;
  opening?: string | undefined;
}

/** Runs work between `begin` and `commit`, on a connection of its own; gives what `opening` has given to it. */
function inTransaction<Result>(
  source: DataSource,
  { enter, opening }: Beginning,
  work: Work<Own, Result>,
): Promise<Result> {
  const begin = ['begin', enter, opening].filter((sql) => sql !== undefined).join('; '); // one way there and back
  return onOwnConnection(source, async (own) => {
    try {
      const results = [await own.client.query(begin)].flat();
      const result = await work(own, opening === undefined ? [] : (results.at(-1)?.rows as Record<string, unknown>[]));
      await own.client.query('commit');
      return result;
    } catch (error) {
      await own.client.query('rollback').catch(() => undefined); // a lost connection has rolled back
      throw error;
    }
  });
}

function transacting<Db extends ManagedDatabase>(
  source: DataSource,
  { client, manager }: Own,
  scope: Omit<Db, keyof ManagedDatabase>,
): Db {
  const plain = statements((use) => use(client));
  const db = {
    ...plain,
    source,
    manager,
    // already in one: what it begins ends with it
    transaction: async <Result>(work: Work<Db, Result>, opening?: string) =>
      work(db, opening === undefined ? [] : await plain.query(opening)),
    ...scope,
  } as unknown as Db;
  return db;
}

type WithClient = <Result>(use: (client: pg.ClientBase) => Promise<Result>) => Promise<Result>;

async function translated<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw translateDatabaseError(error);
  }
}

function statements(onClient: WithClient) {
  const withClient: WithClient = (use) => translated(onClient(use));
  const query = <Row>(sql: string, parameters: readonly unknown[] = []) =>
    withClient(async (client) => (await client.query(statement(sql, parameters))).rows as Row[]);
  return {
    query,
    execute: (sql: string, parameters: readonly unknown[] = []) =>
      withClient(async (client) => (await client.query(statement(sql, parameters))).rowCount ?? 0),
    copyIn: (sql: string, from: Readable, signal?: AbortSignal) =>
      withClient(async (client) => {
        const target = client.query(copy.from(sql));
        await pipeline(from, target, { ...(signal && { signal }) });
        return target.rowCount;
      }),
    copyOut: (sql: string, to: Writable, signal?: AbortSignal) =>
      withClient(async (client) => {
        const rows = client.query(copy.to(sql));
        await pipeline(rows, to, { ...(signal && { signal }) }).catch((error: unknown) => {
          connectionOf(client).destroy(); // rows would go on coming: nobody may use this connection again
          throw error;
        });
        await client.query(''); // the count comes after the rows
        return rows.rowCount;
      }),
    now: async () => {
      const [row] = await query<{ now: Date }>('select clock_timestamp()::timestamptz(3) as now');
      if (!row) throw new Error('the database did not tell the time');
      return row.now;
    },
  };
}

function statement(text: string, parameters: readonly unknown[]) {
  const name = preparedName(text);
  return { text, values: [...parameters], ...(name !== undefined && { name }) };
}

async function onOwnConnection<Result>(source: DataSource, use: (own: Own) => Promise<Result>) {
  const runner = source.createQueryRunner();
  try {
    return await use({ client: (await runner.connect()) as pg.ClientBase, manager: runner.manager });
  } finally {
    await runner.release();
  }
}
