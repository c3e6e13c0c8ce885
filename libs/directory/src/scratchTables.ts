import { type Database } from '@muster/core/database';
import { type AudienceScope } from '@muster/pipeline/ports';

/** The tables of one attempt of a run, as SQL names them. */
export interface ScratchTables {
  /** The query's rows as they came: `line`, `c1` … `cn`. */
  source: string;
  /** What became of each: `line`, `person_key`, `loan_key`, `reason` (null: it goes on; the first word is what counts). */
  checked: string;
  /** The contacts of the rows that go on, screened: the cache of the export. */
  matched: string;
  /** What an outside guard is asked: the contacts that our own rules let through. */
  questions: string;
  /** What it said of them: `line`, `contact_key`, `allowed`, `said`. */
  answers: string;
}

const MOST_TOGETHER = 30; // each table takes three or four locks, and PostgreSQL has 64 for each connection
const TOGETHER_MS = 1_000;
const TIDY_WAIT_MS = 1_000; // whoever wants to read such a table waits behind us

// No underscore, which divides the parts of a table's name, and nothing that needs quoting; names end at 63 bytes.
const RUN_ID = /^[A-Za-z0-9-]{1,40}$/;

/** Names the tables of an attempt, so that two attempts never meet. */
export function scratchTables(scope: AudienceScope): ScratchTables {
  const name = (kind: string) => scratchTable(scope, kind);
  const matching = { source: name('source'), checked: name('checked'), matched: name('matched') };
  return { ...matching, questions: name('questions'), answers: name('answers') };
}

/** Names one table of an attempt by what it holds. */
export function scratchTable({ runId, attempt }: AudienceScope, kind: string): string {
  if (!Number.isSafeInteger(attempt) || attempt < 0) throw new Error('an attempt is a number');
  return `scratch."${prefixOf(runId)}${attempt}_${kind}"`;
}

/** Drops the tables of all attempts of these runs. */
export async function dropScratchTables(db: Database, ...runIds: string[]): Promise<void> {
  const tables = await db.query<{ name: string }>(
    `select format('scratch.%I', tablename) as name from pg_tables
     where schemaname = 'scratch' and split_part(tablename, '_', 1) = any ($1)`,
    [runIds],
  );
  if (tables.length > 0) await db.execute(`drop table if exists ${tables.map(({ name }) => name).join(', ')}`);
}

/**
 * Gives a function that drops a run's tables within a second or so, together with those of other runs: each statement that
 * drops tables looks through all of PostgreSQL's buffers, however small they are. What cannot be dropped, as while somebody
 * holds it, is left to `dropEndedTables`, and so is what was not yet begun when the process ends.
 */
export function dropTogether(db: Database): (runId: string) => void {
  const ended = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const drop = () => {
    const runIds = [...ended];
    ended.clear();
    clearTimeout(timer);
    timer = undefined;
    dropSoon(db, runIds).catch(() => undefined);
  };
  return (runId) => {
    ended.add(runId);
    if (ended.size >= MOST_TOGETHER) drop();
    else timer ??= setTimeout(drop, TOGETHER_MS).unref();
  };
}

/**
 * Drops the tables of runs that have ended without doing so themselves; gives the number of runs. One whose tables
 * somebody holds, as a dump of the database does, is left for the next time, and thrown for once all others are gone.
 */
export async function dropEndedTables(db: Database): Promise<number> {
  const runs = await db.query<{ id: string }>(
    `select distinct run.id from pg_tables join run on run.id = split_part(tablename, '_', 1)
     where schemaname = 'scratch' and run.finished_at < clock_timestamp() - interval '1 min' order by run.id`,
  );
  const failures: unknown[] = [];
  for (const { id } of runs) await dropSoon(db, [id]).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
  return runs.length;
}

function dropSoon(db: Database, runIds: readonly string[]): Promise<void> {
  return db.transaction(async (tx) => {
    await tx.execute(`set local lock_timeout = '${TIDY_WAIT_MS}ms'`);
    await dropScratchTables(tx, ...runIds);
  });
}

function prefixOf(runId: string) {
  if (!RUN_ID.test(runId)) throw new Error('this is no id of a run');
  return `${runId}_`;
}
