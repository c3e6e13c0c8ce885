import { type Readable } from 'node:stream';
import { type Database } from '@muster/core/database';
import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { type AudienceScope, type MatchCache, type Matching } from '@muster/pipeline/ports';
import { copyIn } from './copyCsv.ts';
import { planMatch, type MatchPlan } from './matchPlan.ts';
import { readHeader } from './readHeader.ts';
import { scratchTables } from './scratchTables.ts';
import { quoteLiteral } from './sqlText.ts';

// Fewer rows are sorted faster than indexed.
const INDEX_FROM_ROWS = 10_000;

/** What is printed of a cache, in its order: the marker row and the contacts screened out are not. */
export function exportedRows({ table }: MatchCache): string {
  return `from ${table} where position > 0 and reasons is null order by position`;
}

/**
 * Marks a cache as full: a crash of PostgreSQL empties unlogged tables without a word, and the marker row goes with the
 * rest. The fields are its comment, which stays. The index spares both files that are printed from it a sort.
 */
export async function markCache(
  tx: Database,
  { table, rows }: { table: string; rows: number },
  { marker, fields }: MatchPlan,
): Promise<MatchCache> {
  await tx.execute(`insert into ${table} (position, reasons) values (0, array[$1])`, [marker]);
  await tx.execute(`comment on table ${table} is ${quoteLiteral(JSON.stringify(fields))}`);
  if (rows >= INDEX_FROM_ROWS) {
    await tx.execute(`create index on ${table} (position)`);
    await tx.execute(`analyze ${table} (position)`);
  }
  return { table, marker };
}

/** Whether the cache still holds what was put into it. */
export async function holdsCache(db: Database, { table, marker }: MatchCache): Promise<boolean> {
  const [there] = await db.query<{ table: boolean }>('select to_regclass($1) is not null as table', [table]);
  if (!there?.table) return false;
  const rows = await db.query(`select from ${table} where position = 0 and reasons = array[$1]`, [marker]);
  return rows.length > 0;
}

/** The fields in a cache. Throws TemporaryFailure `cacheLost` where it is empty; ask in the transaction that reads it. */
export async function readFields(tx: Database, cache: MatchCache): Promise<string[]> {
  if (!(await holdsCache(tx, cache))) {
    const say = 'the matched contacts of this run are no longer in the database: they are made again from matches.csv';
    throw new TemporaryFailure('cacheLost', say);
  }
  const [row] = await tx.query<{ fields: string }>(`select obj_description(to_regclass($1), 'pg_class') as fields`, [
    cache.table,
  ]);
  return JSON.parse(row?.fields ?? '[]') as string[];
}

/** Makes a cache again from what `writeMatches` wrote. */
export async function restoreCache(
  tx: Database,
  scope: AudienceScope,
  { matching, matches }: { matching: Matching; matches: Readable },
): Promise<MatchCache> {
  const plan = planMatch(matching);
  const { columns, rest } = await readHeader(matches);
  expectFields(columns.slice(1), plan);
  const { matched } = scratchTables(scope);
  const cells = plan.fields.map((_, at) => `f${at + 1}`);
  await tx.execute(`drop table if exists ${matched}`);
  await tx.execute(`create unlogged table ${matched}
    (position bigint, reasons text[]${cells.map((cell) => `, ${cell} text`).join('')})`);
  const rows = await copyIn(tx, { table: matched, columns: ['position', ...cells] }, rest);
  return markCache(tx, { table: matched, rows }, plan);
}

/** Throws where a cache or its artefact was made for other columns than the exporter has now. */
export function expectFields(found: readonly string[], { fields }: MatchPlan): void {
  if (found.length === fields.length && found.every((field, at) => field === fields[at])) return;
  const say = "the exporter's columns have changed since this run matched its contacts: start a new run";
  throw new PermanentFailure('columnsChanged', say);
}
