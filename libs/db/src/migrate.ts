import { readdirSync, readFileSync } from 'node:fs';
import { advisoryLocks } from '@muster/core/advisoryLocks';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';

const folder = new URL('../migrations/', import.meta.url); // the same from src/ and dist/

/** Brings the database at `url` up to date, each migration in a transaction of its own; gives the names of those applied. */
export async function migrate(url: string): Promise<string[]> {
  const source = new DataSource({
    type: 'postgres',
    url,
    migrations: readMigrations(),
    migrationsTableName: 'migration',
  });
  await source.initialize();
  const guard = source.createQueryRunner();
  try {
    await guard.query('select pg_advisory_lock($1)', [advisoryLocks.migrate]);
    const applied = await source.runMigrations({ transaction: 'each' });
    return applied.map((migration) => migration.name);
  } finally {
    await guard.query('select pg_advisory_unlock($1)', [advisoryLocks.migrate]).catch(() => undefined); // a lost connection has freed it
    await guard.release();
    await source.destroy();
  }
}

/** `1764000000000_ids.sql` becomes the migration `ids1764000000000`, as TypeORM orders by the number at the end. */
function readMigrations() {
  return readdirSync(folder)
    .filter((file) => /^\d{13}_\w+\.sql$/.test(file))
    .sort()
    .map((file) => {
      const [time, word] = file.replace('.sql', '').split('_', 2) as [string, string];
      const sql = readFileSync(new URL(file, folder), 'utf8');
      return class implements MigrationInterface {
        name = `${word}${time}`;
        up = (runner: QueryRunner): Promise<void> => runner.query(sql) as Promise<void>;
        down = (): Promise<void> => Promise.reject(new Error('migrations go forward only: write another one'));
      };
    });
}
