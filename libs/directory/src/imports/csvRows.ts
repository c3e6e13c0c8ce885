import { InvalidInput } from '@muster/core/errors';
import { externalIdRequired, type ImportRow } from './checkRow.ts';
import { type ImportTable } from './importTable.ts';
import { IGNORED, knownColumns, unknownColumns } from './knownColumns.ts';
import { type FileRows } from './fileRows.ts';
import { type CsvRecord, splitCsv } from './splitCsv.ts';

/** The rows of a CSV with a header: an empty cell leaves as it is. A file with a header alone has no rows, and is fine. */
export async function csvRows(table: ImportTable, text: AsyncGenerator<string>): Promise<FileRows> {
  const records = readRecords(text);
  let first: CsvRecord[] = [];
  while (first.length === 0) {
    const next = await records.next();
    if (next.done)
      throw new InvalidInput([{ field: '', code: 'fileEmpty', message: 'the file is empty: it has no header' }]);
    first = next.value;
  }
  const [header, ...firstRecords] = first as [CsvRecord, ...CsvRecord[]];
  const positions = readHeader(header.cells, table);
  const toRows = (batch: CsvRecord[]) => batch.map((record) => rowOf(record, table, positions));
  return {
    columns: positions.filter((at) => at !== IGNORED).sort((a, b) => a - b),
    rows: (async function* () {
      yield toRows(firstRecords);
      for await (const batch of records) yield toRows(batch);
    })(),
  };
}

async function* readRecords(text: AsyncGenerator<string>) {
  const splitter = splitCsv();
  for await (const piece of text) yield splitter.take(piece);
  yield splitter.end();
}

function readHeader(names: readonly string[], table: ImportTable): number[] {
  const known = knownColumns(table);
  if (names.some((name) => !known.has(name))) throw unknownColumns(names, known);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    throw new InvalidInput([{ field: twice, code: 'duplicateColumn', message: 'is the name of two columns' }]);
  }
  if (table.prefix !== undefined && !names.includes('externalId') && !names.includes('id')) {
    throw new InvalidInput([externalIdRequired]);
  }
  return names.map((name) => known.get(name) ?? IGNORED);
}

function rowOf({ line, cells }: CsvRecord, table: ImportTable, positions: readonly number[]): ImportRow {
  const values = new Array<unknown>(table.fields.length);
  if (cells.length !== positions.length) {
    const message = `has ${cells.length} cells, and the header ${positions.length}`;
    return { line, values, fault: { field: '', code: 'columnCount', message } };
  }
  for (let i = 0; i < cells.length; i++) {
    const at = positions[i] ?? IGNORED;
    const cell = cells[i];
    if (cell === '' || cell === undefined || at === IGNORED) continue;
    const type = table.fields[at]?.type;
    values[at] = type?.fromCell ? type.fromCell(cell) : cell;
  }
  return { line, values };
}
