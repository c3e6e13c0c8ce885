import { PostgresConnection, runMigrations } from 'bullmq';

/**
 * Brings BullMQ's tables in the schema `bullmq` up to date, and keeps their dead rows few. A step of the deployment:
 * it needs the right to create in the database, which running processes do without.
 */
export async function migrateQueue(databaseUrl: string): Promise<void> {
  const connection = new PostgresConnection({ connectionString: databaseUrl, max: 1, connectionTimeoutMillis: 5_000 });
  connection.on('error', () => undefined); // the query that was lost says so itself
  try {
    const client = await connection.pool.connect();
    try {
      await runMigrations(client);
      for (const table of ['job', 'event']) {
        await client.query(
          `alter table bullmq.${table}
             set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0)`,
        );
      }
    } finally {
      client.release();
    }
  } finally {
    await connection.close();
  }
}
