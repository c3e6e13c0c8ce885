import { type Writable } from 'node:stream';
import { csvOutput, type CsvOutput } from './csvOutput.ts';
import { eachElement } from '@muster/core/eachElement';
import { COMMA, endOfValue, MalformedJson, OPEN_OBJECT } from '@muster/core/jsonBytes';
import { type ByteSource, eachMember, peekByte, rowCursor, type RowCursor, takeValue } from '@muster/core/rowCursor';
import { rowLayout } from './rowLayout.ts';
import { csvCell, writeCell } from './writeCell.ts';

/** What an answer holds beside its rows. */
export interface Answer {
  columns: string[];
  rows: number;
  /** `id`, `query`, `retrieved_at` and whatever else stands beside the data. */
  facts: Map<string, unknown>;
  /** The server says itself that rows are missing. */
  isTruncated: boolean;
}

interface Reading {
  /** Opens the answer at its beginning; called a second time where the rows come before the columns. */
  open: () => ByteSource;
  /** Gets the CSV. Is not ended: that is for the caller, who knows whether the answer may be believed. */
  to: Writable;
  signal: AbortSignal;
  /** How much is read, worked on and kept at a time; small ones are for tests. */
  windowBytes?: number;
}

interface Visitor {
  columns(names: string[]): void;
  rows(cursor: RowCursor): Promise<void>;
  fact(name: string, value: unknown): void;
}

const WINDOW_BYTES = 256 * 1024; // 2-4 ms of work between two turns of the event loop

/** Turns Redash's JSON into CSV as it comes, in little memory. Throws MalformedJson where it is not whole. */
export async function readRows({ open, to, signal, windowBytes = WINDOW_BYTES }: Reading): Promise<Answer> {
  const answer: Answer = { columns: [], rows: 0, facts: new Map(), isTruncated: false };
  let columns: string[] | undefined;
  const output = csvOutput(to, signal);
  const rows = async (cursor: RowCursor) => {
    columns ??= await findColumns(rowCursor(open(), windowBytes));
    answer.rows = await writeRows(cursor, columns, output);
  };
  try {
    await walkAnswer(rowCursor(open(), windowBytes), {
      columns: (names) => (columns = names),
      rows,
      fact: (name, value) => answer.facts.set(name, value),
    });
  } finally {
    output.release();
  }
  if (!columns) throw new MalformedJson('it has no rows');
  return { ...answer, columns, isTruncated: answer.facts.get('truncated') === true };
}

/** The first of two passes, where the rows come first. */
async function findColumns(cursor: RowCursor): Promise<string[]> {
  let found: string[] | undefined;
  await walkAnswer(cursor, {
    columns: (names) => (found = names),
    rows: (here) => eachElement(here, { take: endOfValue, pause: async () => undefined }),
    fact: () => undefined,
  });
  if (!found) throw new MalformedJson('it has no columns');
  return found;
}

async function walkAnswer(cursor: RowCursor, visitor: Visitor): Promise<void> {
  let timesRows = 0;
  const visitData = async (key: string) => {
    if (key === 'columns') visitor.columns(columnNames(await takeValue(cursor)));
    else if (key !== 'rows') visitor.fact(key, await takeValue(cursor));
    else if (++timesRows > 1) throw new MalformedJson('it has rows twice');
    else await visitor.rows(cursor);
  };
  const visitResult = async (key: string) => {
    if (key === 'data' && (await peekByte(cursor)) === OPEN_OBJECT) await eachMember(cursor, visitData);
    else visitor.fact(key, await takeValue(cursor));
  };
  await eachMember(cursor, (key) => (key === 'query_result' ? eachMember(cursor, visitResult) : takeValue(cursor)));
  if ((await peekByte(cursor)) !== undefined) throw new MalformedJson('something follows its end');
  if (timesRows === 0) throw new MalformedJson('it has no rows');
}

function columnNames(value: unknown): string[] {
  const names = Array.isArray(value) ? value.map((column) => (column as { name?: unknown } | null)?.name) : [undefined];
  if (!names.every((name) => typeof name === 'string')) throw new MalformedJson('its columns have no names');
  return names;
}

/** Writes the header and the rows; gives how many there were. */
async function writeRows(cursor: RowCursor, columns: string[], output: CsvOutput): Promise<number> {
  const layout = rowLayout(columns);
  let rows = 0;
  output.writeLine(columns.map(csvCell).join(','));
  const take = (bytes: Buffer, at: number, to: number) => {
    const end = layout.locate(bytes, at, to);
    if (end < 0) return end;
    const target = output.room(2 * (end - at) + columns.length + 2); // doubled quotes; a comma for each cell that is not there
    for (let i = 0; i < columns.length; i++) {
      if (i > 0) target.bytes[target.at++] = COMMA;
      const from = layout.starts[i] as number;
      if (from >= 0) writeCell(target, bytes, { from, to: layout.ends[i] as number });
    }
    target.bytes[target.at++] = 0x0d;
    target.bytes[target.at++] = 0x0a;
    rows += 1;
    return end;
  };
  await eachElement(cursor, { take, pause: output.flush });
  if (rows > 0 && columns.length === 0) throw new MalformedJson('it has rows but no columns');
  return rows;
}
