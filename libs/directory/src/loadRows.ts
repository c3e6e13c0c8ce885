import { type Readable } from 'node:stream';
import { type Database } from '@muster/core/database';
import { PermanentFailure } from '@muster/core/errors';
import { type AudienceScope, type InputCounts } from '@muster/pipeline/ports';
import { checkRows } from './checkRows.ts';
import { copyIn, tooWide } from './copyCsv.ts';
import { noteLoaded } from './loadedRows.ts';
import { readHeader } from './readHeader.ts';
import { scratchTables } from './scratchTables.ts';

const MOST_COLUMNS = 500;

interface Loading {
  scope: AudienceScope;
  csv: Readable;
  signal: AbortSignal;
}

/** Takes in the query's result and says of each row whether it goes on; the caller closes `csv`. */
export async function loadRows(
  tx: Database,
  { scope, csv, signal }: Loading,
): Promise<InputCounts & { columns: string[] }> {
  const { columns, rest } = await readHeader(csv);
  const ids = { columns, ...findIdColumns(columns) };
  await takeIn(tx, { scope, csv: rest, signal }, columns.length);
  signal.throwIfAborted();
  const counts = await checkRows(tx, scope, ids);
  await noteLoaded(tx, scratchTables(scope), { ...ids, rows: counts.rows });
  return { ...counts, columns };
}

function findIdColumns(columns: readonly string[]) {
  if (columns.length > MOST_COLUMNS) throw tooWide(`it has ${columns.length} columns`);
  const twice = columns.find((name, at) => columns.indexOf(name) !== at);
  if (twice !== undefined) {
    const say = `the query gives two columns named "${twice}": give each a name of its own with AS`;
    throw new PermanentFailure('duplicateColumn', say, { details: { column: twice } });
  }
  const [borrower, other = -1] = ['id', 'borrowerId'].map((name) => columns.indexOf(name)).filter((at) => at >= 0);
  if (borrower === undefined) {
    const say = 'the query gives no column "id": name the column of borrower ids "id" (or "borrowerId") with AS';
    throw new PermanentFailure('columnMissing', say, { details: { column: 'id' } });
  }
  return { borrower, other, loan: findLoan(columns) };
}

// PostgreSQL writes a name without quotes in small letters: rows that are about loans must not pass for others.
function findLoan(columns: readonly string[]) {
  const loan = columns.indexOf('loanId');
  const folded = columns.find((name) => name.toLowerCase() === 'loanid');
  if (loan >= 0 || folded === undefined) return loan;
  const say = `the query gives a column "${folded}": name the column of loan ids "loanId", in quotes, with AS "loanId"`;
  throw new PermanentFailure('columnMissing', say, { details: { column: 'loanId' } });
}

async function takeIn(tx: Database, { scope, csv, signal }: Loading, width: number) {
  const { source: table } = scratchTables(scope);
  const columns = Array.from({ length: width }, (_, at) => `c${at + 1}`);
  await tx.execute(
    `drop table if exists ${table};
     create unlogged table ${table} (line bigint generated always as identity (start 2), ${columns.join(' text, ')} text)`,
  );
  await copyIn(tx, { table, columns, signal }, csv);
}
