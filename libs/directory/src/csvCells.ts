import { isUtf8 } from 'node:buffer';
import { resultMalformed } from './copyCsv.ts';

const CELL = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|$)/y;

/**
 * The rows of a CSV that `copyCsv` has written, without its header, as `COPY` reads them: an empty cell is null, and `""` an
 * empty text, which `splitCsv` does not tell apart. Throws PermanentFailure `resultMalformed`, as where a row has not `width` cells.
 */
export function csvCells(csv: Buffer, width: number): (string | null)[][] {
  if (!isUtf8(csv)) throw resultMalformed();
  const text = csv.toString('utf8');
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  CELL.lastIndex = 0;
  while (CELL.lastIndex < text.length || row.length > 0) {
    const found = CELL.exec(text);
    if (!found) throw resultMalformed();
    const [, quoted, plain, end] = found;
    row.push(quoted?.replaceAll('""', '"') ?? (plain || null));
    if (end === ',') continue;
    if (row.length !== width) throw resultMalformed();
    rows.push(row);
    row = [];
  }
  return rows;
}
