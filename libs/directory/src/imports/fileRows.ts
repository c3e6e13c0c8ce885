import { type ImportRow } from './checkRow.ts';

/** The rows of a file, in batches, and the positions of the fields that they may have a value for. */
export interface FileRows {
  columns: number[];
  rows: AsyncIterable<ImportRow[]>;
}
