import { type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { type Readable, type Writable } from 'node:stream';
import type pg from 'pg';
import copy from 'pg-copy-streams';
import { DataSource, type EntityManager } from 'typeorm';
import { type Database } from '@muster/core/database';
import { translateDatabaseError } from './databaseErrors.ts';
import { schemas } from './schemas.ts';

export interface OpenDatabase extends Database {
  /** TypeORM's view of the same pool, for reading and writing single rows. */
  readonly source: DataSource;
  /** The manager of the transaction at hand, or of the pool. */
  readonly manager: EntityManager;
  transaction<Result>(work: (tx: OpenDatabase) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  url: string;
  /** Connections at most; default 10. */
  poolSize?: number;
  applicationName?: string;
  onError?: (error: Error) => void;
}

/**
 * Opens the pool. Limits keep a stuck statement from holding locks for ever; long `COPY`s and screenings of a million
 * rows lift the statement limit for their own transaction.
 */
export async function openDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  const source = new DataSource({
    type: 'postgres',
    url: options.url,
    entities: Object.values(schemas),
    poolSize: options.poolSize ?? 10,
    applicationName: options.applicationName ?? 'muster',
    poolErrorHandler: (error: Error) => options.onError?.(error), // an idle connection was lost: the pool makes another
    extra: {
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      idle_in_transaction_session_timeout: 60_000,
      lock_timeout: 15_000,
    },
  });
  await translated(source.initialize());
  return pooled(source);
}

function pooled(source: DataSource): OpenDatabase {
  return {
    ...statements(source.manager, (use) => onOwnConnection(source, use)),
    source,
    manager: source.manager,
    transaction: (work) => translated(source.transaction((manager) => work(inTransaction(source, manager)))),
    close: () => source.destroy(),
  };
}

function inTransaction(source: DataSource, manager: EntityManager): OpenDatabase {
  const db: OpenDatabase = {
    ...statements(manager, async (use) => use(await clientOf(manager))),
    source,
    manager,
    transaction: (work) => work(db), // already in one: what it begins ends with it
    close: () => Promise.reject(new Error('a transaction cannot close the pool')),
  };
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

function statements(manager: EntityManager, onClient: WithClient) {
  const withClient: WithClient = (use) => translated(onClient(use));
  const query = <Row>(sql: string, parameters: readonly unknown[] = []) =>
    withClient(async (client) => (await client.query(sql, [...parameters])).rows as Row[]);
  return {
    query,
    execute: (sql: string, parameters: readonly unknown[] = []) =>
      withClient(async (client) => (await client.query(sql, [...parameters])).rowCount ?? 0),
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

async function onOwnConnection<Result>(source: DataSource, use: (client: pg.ClientBase) => Promise<Result>) {
  const runner = source.createQueryRunner();
  try {
    return await use((await runner.connect()) as pg.ClientBase);
  } finally {
    await runner.release();
  }
}

function connectionOf(client: pg.ClientBase): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream;
}

async function clientOf(manager: EntityManager): Promise<pg.ClientBase> {
  if (!manager.queryRunner) throw new Error('this manager holds no connection');
  return (await manager.queryRunner.connect()) as pg.ClientBase;
}
