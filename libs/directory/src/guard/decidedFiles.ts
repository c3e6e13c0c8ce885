import { type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type Database } from '@muster/core/database';
import { PermanentFailure } from '@muster/core/errors';
import { type DecidedFiles, type DecidedRun } from '@muster/pipeline/loadDecisions';
import { copyIn } from '../copyCsv.ts';
import { csvCells } from '../csvCells.ts';
import { readHeader } from '../readHeader.ts';
import { decidedColumns, insertDecided } from './decidedRows.ts';

type Kind = keyof DecidedFiles;

/** A run's files where PostgreSQL reads them. */
export interface Decided {
  /** `insertDecided` of them. */
  insert: string;
  /** What `insert` wants beside its first four parameters. */
  values: unknown[];
  /** Removes what was made for it. */
  drop(): Promise<unknown>;
}

// One text for all runs, so that it is prepared.
const insertHanded = insertDecided({
  exclusions: handed('exclusions', 5),
  matches: handed('matches', 5 + decidedColumns.exclusions.length),
});

/** Reads the files into memory, to be handed over as parameters: fastest for few rows. */
export async function handOver(files: DecidedFiles): Promise<Decided> {
  const values = [
    ...(await readColumns('exclusions', files.exclusions)),
    ...(await readColumns('matches', files.matches)),
  ];
  return { insert: insertHanded, values, drop: async () => undefined };
}

/** As a subquery: an array for each column, in the parameters from `first` on. */
function handed(kind: Kind, first: number) {
  const arrays = decidedColumns[kind].map((_, at) => `$${first + at}::text[]`);
  const names = decidedColumns[kind].map((name) => `"${name}"`);
  return `(select * from unnest(${arrays.join(', ')}) as handed (${names.join(', ')}))`;
}

async function readColumns(kind: Kind, csv: Readable) {
  const { columns, rest } = await readHeader(csv);
  const positions = findColumns(kind, columns);
  const rows = csvCells(await buffer(rest), columns.length);
  return positions.map((at) => rows.map((row) => row[at]));
}

/** Takes the files into tables: as many rows as there may be. */
export async function takeIn(
  tx: Database,
  { run, files, signal }: { run: DecidedRun; files: DecidedFiles; signal: AbortSignal },
): Promise<Decided> {
  const take = (kind: Kind) => takeFile(tx, { kind, name: tableFor(run.id, kind), csv: files[kind], signal });
  const [exclusions, matches] = [await take('exclusions'), await take('matches')];
  return {
    insert: insertDecided({ exclusions, matches }),
    values: [],
    drop: () => tx.execute(`drop table ${tableFor(run.id, 'exclusions')}, ${tableFor(run.id, 'matches')}`),
  };
}

interface Taking {
  kind: Kind;
  name: string;
  csv: Readable;
  signal: AbortSignal;
}

/** Gives the table as a subquery. */
async function takeFile(tx: Database, { kind, name, csv, signal }: Taking): Promise<string> {
  const { columns: names, rest } = await readHeader(csv);
  const positions = findColumns(kind, names);
  const columns = names.map((_, at) => `c${at + 1}`);
  await tx.execute(`create unlogged table ${name} (${columns.join(' text, ')} text)`);
  await copyIn(tx, { table: name, columns, signal }, rest);
  await tx.execute(`analyze ${name}`);
  const wanted = positions.map((at, nth) => `${columns[at]} as "${decidedColumns[kind][nth]}"`);
  return `(select ${wanted.join(', ')} from ${name})`;
}

/** Where the columns are that we want, in their order. */
function findColumns(kind: Kind, names: readonly string[]): number[] {
  return decidedColumns[kind].map((wanted) => {
    const at = names.indexOf(wanted);
    if (at < 0) throw new PermanentFailure('columnMissing', `a file of the run has no column ${wanted}`);
    return at;
  });
}

// No underscore, which divides the parts of a table's name, and nothing that needs quoting.
const RUN_ID = /^[A-Za-z0-9-]{1,40}$/;

function tableFor(runId: string, kind: Kind) {
  if (!RUN_ID.test(runId)) throw new Error('this is no id of a run');
  return `scratch."${runId}_decided${kind}"`;
}
