import { type OpenDatabase } from '@muster/db/openDatabase';

/** All that a command can touch. */
export interface CliDeps {
  databaseUrl: string;
  /** What must not be typed is read from here. */
  environment: Readonly<Record<string, string | undefined>>;
  /** The queue is on Redis, and nothing of it in the database. */
  hasRedis: boolean;
  withDatabase<Result>(use: (db: OpenDatabase) => Promise<Result>): Promise<Result>;
}
