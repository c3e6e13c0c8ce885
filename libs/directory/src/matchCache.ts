import { type Readable } from 'node:stream';
import { type Database } from '@muster/core/database';
import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { type AudienceScope, type MatchCache, type Matching } from '@muster/pipeline/ports';
import { copyIn } from './copyCsv.ts';
import { planMatch, type MatchPlan } from './matchPlan.ts';
import { readHeader } from './readHeader.ts';
import { scratchTables } from './scratchTables.ts';
import { quoteLiteral } from './sqlText.ts';

/** The columns that order the cache, before those of the fields. */
export const orderColumns = ['line', 'rank', 'contact_id', 'loan_key', 'packs'] as const;

// Fewer bytes are sorted faster than indexed.
const INDEX_FROM_BYTES = 1_000_000;

/** What is printed of a cache, in its order: the marker row and the contacts screened out are not. */
export function exportedRows({ table }: MatchCache): string {
  return `from ${table} where line > 0 and reasons is null order by line, rank, contact_id collate "C"`;
}

/** Indexes a large cache, whose rows are already in order, so that neither of the files printed from it sorts them. */
export async function indexCache(tx: Database, table: string): Promise<void> {
  const [size] = await tx.query<{ bytes: string }>('select pg_relation_size($1::regclass) as bytes', [table]);
  if (Number(size?.bytes) < INDEX_FROM_BYTES) return;
  await tx.execute(`create index on ${table} (line)`);
  await tx.execute(`analyze ${table} (line)`);
}

/**
 * Marks a cache as full: a crash of PostgreSQL empties unlogged tables without a word, and the marker row, by which no full
 * one has no bytes, goes with the rest. The comment, which stays, says what the cache was made for.
 */
export async function markCache(tx: Database, table: string, { marker, fields }: MatchPlan): Promise<MatchCache> {
  await tx.execute(`insert into ${table} (line, reasons) values (0, array[${quoteLiteral(marker)}]);
    comment on table ${table} is ${quoteLiteral(JSON.stringify({ marker, fields }))}`);
  return { table, marker };
}

/** Whether the cache still holds what was put into it. */
export async function holdsCache(db: Database, cache: MatchCache): Promise<boolean> {
  return (await findFields(db, cache)) !== undefined;
}

/** The fields in a cache. Throws TemporaryFailure `cacheLost` where it is empty; ask in the transaction that reads it. */
export async function readFields(tx: Database, cache: MatchCache): Promise<string[]> {
  const fields = await findFields(tx, cache);
  if (fields) return fields;
  const say = 'the matched contacts of this run are no longer in the database: they are made again from matches.csv';
  throw new TemporaryFailure('cacheLost', say);
}

async function findFields(db: Database, { table, marker }: MatchCache): Promise<string[] | undefined> {
  const [found] = await db.query<{ comment: string | null; bytes: string | null }>(
    `select obj_description(to_regclass($1), 'pg_class') as comment, pg_relation_size(to_regclass($1)) as bytes`,
    [table],
  );
  const marked = JSON.parse(found?.comment ?? 'null') as Marked | null;
  return marked?.marker === marker && Number(found?.bytes) > 0 ? marked.fields : undefined;
}

/** The comment of a cache. */
type Marked = Pick<MatchPlan, 'marker' | 'fields'>;

/** Makes a cache again from what `writeMatches` wrote. */
export async function restoreCache(
  tx: Database,
  scope: AudienceScope,
  { matching, matches }: { matching: Matching; matches: Readable },
): Promise<MatchCache> {
  const plan = planMatch(matching);
  const { columns, rest } = await readHeader(matches);
  expectFields(columns.slice(orderColumns.length), plan);
  const { matched } = scratchTables(scope);
  const cells = plan.fields.map((_, at) => `f${at + 1}`);
  await tx.execute(`drop table if exists ${matched}`);
  await tx.execute(`create unlogged table ${matched}
    (line bigint, rank int, contact_id text, loan_key bigint, packs text, spends text, reasons text[], rules text[], compared text[]${cells.map((cell) => `, ${cell} text`).join('')})`);
  await copyIn(tx, { table: matched, columns: [...orderColumns, ...cells] }, rest);
  await indexCache(tx, matched);
  return markCache(tx, matched, plan);
}

/** Throws where a cache or its artefact was made for other columns than the exporter has now. */
export function expectFields(found: readonly string[], { fields }: MatchPlan): void {
  if (found.length === fields.length && found.every((field, at) => field === fields[at])) return;
  const say = "the exporter's columns have changed since this run matched its contacts: start a new run";
  throw new PermanentFailure('columnsChanged', say);
}
