import { type OverrideRows } from '../runs.ts';

/** The columns of rows that a caller handed in, in the order in which they are first seen; none at all: `ifNone`. */
export async function overrideColumns(
  parts: AsyncIterable<OverrideRows>,
  ifNone: string[] = ['borrowerId'],
): Promise<string[]> {
  const columns = new Set<string>();
  for await (const rows of parts) for (const row of rows) for (const column of Object.keys(row)) columns.add(column);
  return columns.size === 0 ? ifNone : [...columns];
}

/** Such rows as CSV, a text for the header and one for each part: so that only one part is in memory. */
export async function* overrideCsv(columns: string[], parts: AsyncIterable<OverrideRows>): AsyncIterable<string> {
  yield line(columns);
  for await (const rows of parts) {
    const text = rows.map((row) => line(columns.map((column) => own(row, column)))).join('');
    if (text !== '') yield text;
  }
}

/** A column may be called `constructor`, which every object seems to have. */
function own(row: Record<string, unknown>, column: string) {
  return Object.hasOwn(row, column) ? row[column] : null;
}

function line(cells: unknown[]) {
  return `${cells.map(cell).join(',')}\r\n`;
}

/** Null is an empty cell, an empty string `""`: so that reading it back tells them apart. */
function cell(value: unknown) {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
