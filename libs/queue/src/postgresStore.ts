import { advisoryLocks } from '@muster/core/advisoryLocks';
import {
  assertSchemaCompatibility,
  createPostgresBackend,
  LATEST_SCHEMA_VERSION,
  PostgresConnection,
  SchemaMigrationRequiredError,
  SchemaVersionMismatchError,
  type PgPoolClient,
} from 'bullmq';
import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { checkClock } from './checkClock.ts';
import { type CampaignSchedule } from './queues.ts';
import { type JobKey, LONGEST_DELAY_MS, type QueueStore } from './queueStore.ts';

// A worker opens one more, for LISTEN. All queues of a process share the first, as they never LISTEN.
const CONNECTIONS = { queues: 6, worker: 3, locks: 4 };
const PAGE = 500;

export interface PostgresStoreOptions {
  databaseUrl: string;
  onError: (error: Error) => void;
}

/** BullMQ's tables in the schema `bullmq` of our database. The schema is the namespace: there is no prefix. */
export function postgresStore({ databaseUrl, onError }: PostgresStoreOptions): QueueStore {
  const config = {
    connectionString: databaseUrl,
    connectionTimeoutMillis: 5_000, // nothing hangs on a frozen server
    query_timeout: 10_000,
    keepAlive: true,
  };
  const shared = new PostgresConnection({ ...config, max: CONNECTIONS.queues });
  // Apart from the others: whoever holds a lock needs a second connection, and waiting for one here would be for ever.
  const locks = new PostgresConnection({
    ...config,
    max: CONNECTIONS.locks,
    options: '-c lock_timeout=5s',
  });
  for (const connection of [shared, locks]) connection.on('error', onError);

  return {
    name: 'PostgreSQL',
    backend: (name, options, how) => {
      const connection = how?.withBlockingConnection ? { ...config, max: CONNECTIONS.worker } : shared.pool;
      return createPostgresBackend(name, { ...options, connection }, how);
    },
    check: () =>
      withClient(shared, async (client) => {
        await checkSchema(client);
        await checkClock(() => askTime(client));
      }),
    ping: () => withClient(shared, (client) => checkClock(() => askTime(client))),
    arePending: (keys) => arePending(shared, keys),
    oldestWaiting: (queues) => oldestWaiting(shared, queues),
    schedules: (queue) => schedules(shared, queue),
    schedulesOf: (queue, ids) => schedulesOf(shared, queue, ids),
    countSchedules: (queue) => countSchedules(shared, queue),
    lockSchedule: (campaignId, change) =>
      withClient(locks, async (client) => {
        await client.query('select pg_advisory_lock($1, hashtext($2))', [advisoryLocks.schedule, campaignId]);
        const result = await change(); // on a throw the connection is closed, and the lock goes with it
        await client.query('select pg_advisory_unlock($1, hashtext($2))', [advisoryLocks.schedule, campaignId]);
        return result;
      }),
    close: async () => {
      await Promise.all([shared.close(), locks.close()]);
    },
  };
}

async function withClient<Result>(connection: PostgresConnection, use: (client: PgPoolClient) => Promise<Result>) {
  const client = await connection.pool.connect();
  const ignore = () => undefined; // a client taken from the pool throws when it is lost and nobody listens
  client.on('error', ignore);
  let failed = true;
  try {
    const result = await use(client);
    failed = false;
    return result;
  } finally {
    if (!failed) (client as unknown as NodeJS.EventEmitter).removeListener('error', ignore);
    client.release(failed);
  }
}

async function checkSchema(client: PgPoolClient) {
  try {
    const version = await assertSchemaCompatibility(client);
    if (version >= LATEST_SCHEMA_VERSION) return;
  } catch (error) {
    if (error instanceof SchemaVersionMismatchError) {
      throw new PermanentFailure('queueSchemaTooNew', "the queue's tables are of a newer Muster: start that version");
    }
    if (!(error instanceof SchemaMigrationRequiredError)) throw error;
  }
  throw new TemporaryFailure('queueSchemaMissing', `the queue's tables are missing or old: run "npm run migrate"`);
}

async function askTime(client: PgPoolClient) {
  const { rows } = await client.query<{ ms: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms',
  );
  return rows[0]?.ms ?? Number.NaN;
}

async function arePending(shared: PostgresConnection, keys: JobKey[]) {
  const pending: boolean[] = [];
  for (let start = 0; start < keys.length; start += PAGE) {
    pending.push(...(await arePagePending(shared, keys.slice(start, start + PAGE))));
  }
  return pending;
}

// In pages: of so few each is looked up by its key, whatever the planner thinks of the table.
async function arePagePending({ pool }: PostgresConnection, keys: JobKey[]) {
  const { rows } = await pool.query<{ pending: boolean }>(
    `select coalesce(job.state not in ('completed', 'failed') and not (job.state = 'delayed'
         and job.process_at_ms > extract(epoch from clock_timestamp()) * 1000 + $3), false) as pending
       from unnest($1::text[], $2::text[]) with ordinality as asked(queue, id, place)
       left join job using (queue, id)
      order by place`,
    [keys.map(({ queue }) => queue), keys.map(({ id }) => id), LONGEST_DELAY_MS],
  );
  return rows.map(({ pending }) => pending);
}

// Our own SQL: getJobs() gives the newest first here, and the oldest first on Redis. In the order of BullMQ's own claim.
async function oldestWaiting({ pool }: PostgresConnection, queues: readonly string[]) {
  const { rows } = await pool.query<{ at: string | null }>(
    `select (select added_at_ms from job where job.queue = asked.queue and state = 'waiting'
             order by priority, seq limit 1) as at
       from unnest($1::text[]) with ordinality as asked(queue, place)
      order by place`,
    [[...queues]],
  );
  return rows.map(({ at }) => (at === null ? null : Number(at)));
}

const SCHEDULE = `
  select scheduler_id as "campaignId", pattern, coalesce(tz, 'UTC') as "timeZone"
    from scheduler where queue = $1 and pattern is not null`;

async function schedulesOf({ pool }: PostgresConnection, queue: string, ids: readonly string[]) {
  const { rows } = await pool.query<CampaignSchedule>(`${SCHEDULE} and scheduler_id = any($2)`, [queue, [...ids]]);
  return rows;
}

async function countSchedules({ pool }: PostgresConnection, queue: string) {
  const { rows } = await pool.query<{ count: number }>(
    'select count(*)::int as count from scheduler where queue = $1 and pattern is not null',
    [queue],
  );
  return rows[0]?.count ?? 0;
}

// Our own SQL: getJobSchedulers() asks once for each scheduler, which takes 18 s for 100,000.
async function* schedules({ pool }: PostgresConnection, queue: string): AsyncGenerator<CampaignSchedule> {
  for (let after = ''; ;) {
    const { rows } = await pool.query<CampaignSchedule>(
      `${SCHEDULE} and scheduler_id > $2 order by scheduler_id limit ${PAGE}`,
      [queue, after],
    );
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = last.campaignId;
  }
}
