import { type CheckedRow } from './checkedRow.ts';
import { DISPLAY_ID } from './fieldTypes.ts';
import { type ImportField, type ImportTable } from './importTable.ts';

/** What the rows of a file made use of: what none of them did costs no join. */
export interface UsedFields {
  /** The columns that some row has a value for. */
  columns: Set<string>;
  /** Those in which some value has the form of one of our ids, in which some is a text at all, and in which some is a displayId. */
  ids: Set<string>;
  others: Set<string>;
  numbers: Set<string>;
  clears: boolean;
  details: boolean;
}

export const nothingUsed = (): UsedFields => ({
  columns: new Set(),
  ids: new Set(),
  others: new Set(),
  numbers: new Set(),
  clears: false,
  details: false,
});

/** The columns of a staging table for so many fields, with their types. */
export function stagedColumns(fields: readonly ImportField[]): [name: string, type: string][] {
  return [
    ['line', 'bigint'],
    ['refusal', 'jsonb'],
    ['cleared', 'bigint'],
    ['details', 'jsonb'],
    ...fields.map(({ column, type }): [string, string] => [column, type.sql]),
  ];
}

const ABSENT = '\\N';
const MOST_FAULTS = 10;
const ID = /^[A-Z][A-Z0-9]-[A-Z0-9]{1,20}-[A-Z0-9]{1,20}$/;

/** A row as a line of `COPY`'s text format. A refused one has its faults as JSON, its externalId, and no other value. */
export function stagedLine(row: CheckedRow, columns: readonly number[], externalId: number): string {
  const isRefused = row.faults.length > 0;
  const refusal = isRefused ? escape(JSON.stringify(row.faults.slice(0, MOST_FAULTS))) : ABSENT;
  const details = row.details && !isRefused ? escape(JSON.stringify(row.details)) : ABSENT;
  let line = `${row.line}\t${refusal}\t${isRefused ? 0 : row.cleared}\t${details}`;
  for (const at of columns) {
    const value = isRefused && at !== externalId ? undefined : row.sql[at];
    line += value === undefined ? `\t${ABSENT}` : `\t${escape(value)}`;
  }
  return `${line}\n`;
}

function escape(text: string) {
  return /[\\\t\n\r]/.test(text) ? text.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? character) : text;
}
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** Notes what a row that goes on makes use of. */
export function noteUsed(used: UsedFields, { fields }: ImportTable, row: CheckedRow): void {
  if (row.faults.length > 0) return;
  if (row.cleared > 0) used.clears = true;
  if (row.details) used.details = true;
  for (let at = 0; at < fields.length; at++) {
    const [field, value] = [fields[at], row.sql[at]];
    if (!field || value === undefined) continue;
    used.columns.add(field.column);
    if (field.role === 'reference' || field.name === 'id') noteForm(used, field.column, value);
  }
}

// What looks like an id of ours may still be the caller's own: of another system, whose ids had the same form.
function noteForm({ ids, others, numbers }: UsedFields, column: string, value: string) {
  if (value.startsWith(DISPLAY_ID)) numbers.add(column);
  else others.add(column);
  if (ID.test(value)) ids.add(column);
}
