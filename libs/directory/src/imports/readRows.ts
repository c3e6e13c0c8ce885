import { type FileRows } from './fileRows.ts';
import { type ImportFormat } from './importInput.ts';
import { type ImportTable } from './importTable.ts';
import { csvRows } from './csvRows.ts';
import { jsonRows } from './jsonRows.ts';

/** Reads a file's rows from its text. Throws InvalidInput for what is wrong with the file as such. */
export function readRows(format: ImportFormat, table: ImportTable, text: AsyncGenerator<string>): Promise<FileRows> {
  return format === 'csv' ? csvRows(table, text) : jsonRows(table, text);
}
