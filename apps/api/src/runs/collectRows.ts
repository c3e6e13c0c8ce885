import { isUtf8 } from 'node:buffer';
import { type Fault, InvalidInput } from '@muster/core/errors';
import { endOfValue, MalformedJson } from '@muster/core/jsonBytes';
import { eachElement } from '@muster/core/eachElement';
import { type RowCursor, ValueTooBig } from '@muster/core/rowCursor';
import { refuseDepth } from '../refuseDepth.ts';
import { refuseRow } from './refuseRow.ts';
import { type RowSpool } from './rowSpool.ts';

/** The most rows that a caller may hand in. */
export const MAX_ROWS = 100_000;
/** The most columns that they may have, all together. */
const MAX_COLUMNS = 1_000;

/**
 * Reads a list of rows into a spool, checking each; gives what is wrong with them: their number, or the first faulty row.
 * Once something is wrong, the rest is counted only. Throws MalformedJson, InvalidInput for a row too big to be read.
 */
export async function collectRows(cursor: RowCursor, spool: RowSpool): Promise<Fault | undefined> {
  const columns = new Set<string>();
  let count = 0;
  let wrong: string | undefined;
  const take = (bytes: Buffer, at: number, to: number) => {
    const end = endOfValue(bytes, at, to);
    if (end < 0) return end;
    count += 1;
    if (wrong === undefined && count <= MAX_ROWS) {
      const refused = addRow(bytes.subarray(at, end), columns, spool);
      if (refused !== undefined) wrong = `row ${count} ${refused}`;
    }
    return end;
  };
  try {
    await eachElement(cursor, { take, pause: spool.flush });
  } catch (error) {
    if (!(error instanceof ValueTooBig)) throw error;
    throw new InvalidInput([fault(`row ${count + 1} ${error.message}`)]); // what follows it cannot be read
  }
  if (count > MAX_ROWS) return fault(`holds ${count} rows, and may hold ${MAX_ROWS}`);
  return wrong === undefined ? undefined : fault(wrong);
}

function addRow(json: Buffer, columns: Set<string>, spool: RowSpool): string | undefined {
  refuseDepth(json);
  if (!isUtf8(json)) throw new MalformedJson('a row is no UTF-8');
  const text = json.toString();
  const row = parseRow(text);
  const wrong = refuseRow(row, columns);
  if (wrong !== undefined) return wrong;
  for (const column of Object.keys(row as object)) columns.add(column);
  if (columns.size > MAX_COLUMNS) return `brings more than ${MAX_COLUMNS} different columns together`;
  spool.add(text);
  return undefined;
}

function parseRow(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new MalformedJson('a row is no JSON'); // the parser's own message quotes the text
  }
}

function fault(message: string): Fault {
  return { field: 'queryResultsOverride', code: 'isRows', message };
}
