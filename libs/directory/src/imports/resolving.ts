import { type ImportTable } from './importTable.ts';
import { type StagedRows } from './stageRows.ts';

/** What resolving needs to know: whose rows, of what kind, and the tables that it reads and makes. */
export interface Resolving {
  companyId: string;
  table: ImportTable;
  staged: StagedRows;
  /** The table to make: `line`, `target`, `person_key`, …, and `refusal`: `<code> <field>`, null where the row goes on. */
  checked: string;
}

/** A piece of the statement: what it joins, what it finds, and what it refuses. */
export interface Part {
  joins: string[];
  columns: string[];
  refusals: [sql: string, refusal: string][];
}
