import { type Database } from '@muster/core/database';
import { TemporaryFailure } from '@muster/core/errors';
import { quoteLiteral } from './sqlText.ts';
import { type ScratchTables } from './scratchTables.ts';

/** What is known of the rows that were taken in; kept as the comment of their table. */
export interface LoadedRows {
  columns: string[];
  /** Positions of the id columns; `other`, a second one of borrowers, and `loan` are -1 where there is none. */
  borrower: number;
  other: number;
  loan: number;
  rows: number;
}

/** Writes down what was taken in. */
export async function noteLoaded(tx: Database, { source }: ScratchTables, loaded: LoadedRows): Promise<void> {
  await tx.execute(`comment on table ${source} is ${quoteLiteral(JSON.stringify(loaded))}`);
}

/**
 * What was taken in, if it is still there; else TemporaryFailure `rowsLost`, and the step begins anew. Ask in the
 * transaction that reads the rows: a crash of PostgreSQL empties them, and it ends the transaction too.
 */
export async function readLoaded(tx: Database, { source, checked }: ScratchTables): Promise<LoadedRows> {
  const [found] = await tx.query<{ comment: string | null; bytes: string | null }>(
    `select obj_description(to_regclass($1), 'pg_class') as comment, pg_relation_size(to_regclass($2)) as bytes`,
    [source, checked],
  );
  const loaded = JSON.parse(found?.comment ?? 'null') as LoadedRows | null;
  if (loaded && found?.bytes != null && Number(found.bytes) > 0 === loaded.rows > 0) return loaded;
  throw new TemporaryFailure('rowsLost', 'the rows of this run are no longer in the database: they are taken in again');
}
