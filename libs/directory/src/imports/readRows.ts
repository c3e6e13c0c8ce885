import { type ImportRow } from './checkRow.ts';
import { type ImportFormat } from './importInput.ts';
import { type ImportTable } from './importTable.ts';
import { csvRows } from './csvRows.ts';
import { jsonRows } from './jsonRows.ts';

/** The rows of a file, in batches, and the positions of the fields that they may have a value for. */
export interface FileRows {
  columns: number[];
  rows: AsyncIterable<ImportRow[]>;
}

/** Reads a file's rows from its text. Throws InvalidInput for what is wrong with the file as such. */
export function readRows(format: ImportFormat, table: ImportTable, text: AsyncGenerator<string>): Promise<FileRows> {
  return format === 'csv' ? csvRows(table, text) : jsonRows(table, text);
}
