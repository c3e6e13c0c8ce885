import { Readable } from 'node:stream';
import { type Database } from '@muster/core/database';
import { type FileStore } from '@muster/pipeline/ports';
import { positionOf, rowChecker } from './checkRow.ts';
import { type ImportInput, type ImportOptions, type ImportProgress } from './importInput.ts';
import { type ImportTable } from './importTable.ts';
import { type FileRows } from './fileRows.ts';
import { readRows } from './readRows.ts';
import { readText } from './readText.ts';
import { noteUsed, nothingUsed, stagedColumns, stagedLine, type UsedFields } from './stagedRows.ts';

/** The rows of a file in a table of the import's own. */
export interface StagedRows {
  name: string;
  read: number;
  used: UsedFields;
  /** Whether there is a column for it, used or not. */
  hasExternalId: boolean;
}

export interface Staging {
  input: ImportInput;
  table: ImportTable;
  store: FileStore;
  options: ImportOptions;
  tell: (progress: Omit<ImportProgress, 'phase'>) => void;
}

// Nothing that needs quoting, and no underscore: that divides the parts of a table's name.
const IMPORT_ID = /^[A-Za-z0-9-]{1,40}$/;

/** The table `kind` of an import, as SQL names it. */
export function importScratch(importId: string, kind: 'staged' | 'checked'): string {
  if (!IMPORT_ID.test(importId)) throw new Error('this is no id of an import');
  return `scratch."${importId}_${kind}"`;
}

export async function stageRows(tx: Database, { input, table, store, options, tell }: Staging): Promise<StagedRows> {
  const { signal, defaultCountry = 'US' } = options;
  const count = { readRows: 0, bytes: 0 };
  const bytes = await store.read(input.file.key);
  try {
    const text = readText(bytes as AsyncIterable<Buffer>, (read) => (count.bytes += read));
    const file = await readRows(input.format, table, text);
    const fields = file.columns.flatMap((at) => table.fields[at] ?? []).filter(({ role }) => role !== 'detail');
    const name = importScratch(input.importId, 'staged');
    const columns = stagedColumns(fields);
    await tx.execute(`create unlogged table ${name} (${columns.map((column) => column.join(' ')).join(', ')})`);
    const used = nothingUsed();
    const lines = stagedLines({ file, table, used, defaultCountry }, (rows) => {
      count.readRows += rows;
      tell(count);
    });
    const copy = `copy ${name} (${columns.map(([column]) => column).join(', ')}) from stdin (freeze)`;
    const read = await tx.copyIn(copy, Readable.from(lines, { objectMode: false }), signal);
    await tx.execute(`analyze ${name}`);
    return { name, read, used, hasExternalId: fields.some(({ column }) => column === 'external_id') };
  } finally {
    bytes.destroy();
  }
}

interface Lines {
  file: FileRows;
  table: ImportTable;
  used: UsedFields;
  defaultCountry: string;
}

async function* stagedLines({ file, table, used, defaultCountry }: Lines, onRows: (rows: number) => void) {
  const columns = file.columns.filter((at) => table.fields[at]?.role !== 'detail');
  const externalId = positionOf(table.fields, 'externalId');
  const check = rowChecker(table, defaultCountry);
  for await (const batch of file.rows) {
    let lines = '';
    for (const row of batch) {
      const checked = check(row);
      noteUsed(used, table, checked);
      lines += stagedLine(checked, columns, externalId);
    }
    onRows(batch.length);
    if (lines !== '') yield Buffer.from(lines);
  }
}
