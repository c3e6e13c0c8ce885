import { type Readable, Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Database } from '@muster/core/database';
import { codeOf, PermanentFailure } from '@muster/core/errors';

/** A file to be written: its header, and the `SELECT` whose rows follow. */
export interface CsvFile {
  header: readonly string[];
  select: string;
}

/** Writes rows as CSV (RFC 4180: CRLF, quotes only where needed) and ends `to`; gives the number of data rows. */
export async function copyCsv(db: Database, { header, select }: CsvFile, to: Writable): Promise<number> {
  const lines = carriageReturns();
  lines.push(`${header.map(quoteCell).join(',')}\r\n`);
  const written = pipeline(lines, to);
  const copied = db.copyOut(`copy (${select}) to stdout (format csv)`, lines).catch((error: unknown) => {
    lines.destroy(error as Error); // also where no connection was to be had, and nothing was ever piped
    throw error;
  });
  const [rows, file] = await Promise.allSettled([copied, written]);
  if (rows.status === 'rejected') throw rows.reason;
  if (file.status === 'rejected') throw file.reason;
  return rows.value;
}

/** A cell in quotes where RFC 4180 needs them. */
export function quoteCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** PostgreSQL ends its lines with LF: puts a CR before each that lies outside of quotes. */
export function carriageReturns(): Transform {
  let quoted = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      // a sign for each byte, whatever they mean: a text is searched some five times as fast as bytes are looked at one by one
      const pieces = chunk.toString('latin1').split('"');
      const ended = pieces.map((piece, at) => ((at % 2 === 1) === quoted ? piece.replaceAll('\n', '\r\n') : piece));
      if (pieces.length % 2 === 0) quoted = !quoted;
      done(null, Buffer.from(ended.join('"'), 'latin1'));
    },
  });
}

/** Where rows go: into a table that was made in this same transaction. */
export interface CopyTarget {
  table: string;
  columns: readonly string[];
  signal?: AbortSignal;
}

/** Takes in rows of CSV without their header; gives their number. */
export async function copyIn(tx: Database, { table, columns, signal }: CopyTarget, rows: Readable): Promise<number> {
  const copy = `copy ${table} (${columns.join(', ')}) from stdin (format csv, freeze)`;
  return tx.copyIn(copy, rows, signal).catch((error: unknown) => {
    throw meaningOf(error);
  });
}

/** The failure that says that a result has too many or too large cells in one row. */
export function tooWide(what: string): PermanentFailure {
  return new PermanentFailure(
    'tooManyColumns',
    `the query's result is too wide, ${what}: select fewer than 500 columns`,
  );
}

/** The failure that says that rows are no CSV. */
export function resultMalformed(details?: Record<string, unknown>): PermanentFailure {
  const say = "the query's result is no well-formed CSV in UTF-8: start a new run";
  return new PermanentFailure('resultMalformed', say, { ...(details && { details }) });
}

// PostgreSQL's own words quote the line that it stumbled over, so none of them are passed on.
function meaningOf(error: unknown) {
  const code = codeOf(error) ?? '';
  if (code === '54000') return tooWide('some row does not fit into a page');
  return code.startsWith('22') ? resultMalformed({ sqlState: code }) : error;
}
