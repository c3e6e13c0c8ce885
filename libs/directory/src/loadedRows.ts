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

/** The same, and whether their contacts were matched. */
export interface Loaded extends LoadedRows {
  isMatched: boolean;
}

/** Writes down what was taken in. */
export async function noteLoaded(tx: Database, { source }: ScratchTables, loaded: LoadedRows): Promise<void> {
  await tx.execute(`comment on table ${source} is ${quoteLiteral(JSON.stringify(loaded))}`);
}

/**
 * What was taken in, if it is still there; else TemporaryFailure `rowsLost`, and the step begins anew. Ask in the
 * transaction that reads the rows: a crash of PostgreSQL empties them, and it ends the transaction too.
 */
export async function readLoaded(tx: Database, tables: ScratchTables): Promise<Loaded> {
  const { source, checked, matched } = tables;
  const [found] = await tx.query<{ comment: string | null; bytes: string | null; isMatched: boolean }>(
    `select obj_description(to_regclass($1), 'pg_class') as comment, pg_relation_size(to_regclass($2)) as bytes,
       to_regclass($3) is not null as "isMatched"`,
    [source, checked, matched],
  );
  const loaded = JSON.parse(found?.comment ?? 'null') as LoadedRows | null;
  if (loaded && found?.bytes != null && Number(found.bytes) > 0 === loaded.rows > 0)
    return { ...loaded, isMatched: found.isMatched };
  throw new TemporaryFailure('rowsLost', 'the rows of this run are no longer in the database: they are taken in again');
}
