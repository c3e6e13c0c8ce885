import { type CheckedRow } from './checkedRow.ts';
import { type FieldType } from './fieldTypes.ts';

/** One field of a file, named as the API names it. */
export interface ImportField {
  name: string;
  /** Of the staging table, and of the object's table where `role` is value. */
  column: string;
  type: FieldType;
  /** key: says which object it is. reference: names another object. detail: kept in the JSON column `details`. */
  role: 'key' | 'reference' | 'value' | 'detail';
  /** SQL for a new object that says nothing; such a field cannot be cleared. */
  default?: string;
  /** A new object cannot be without it, and it cannot be cleared. */
  required?: boolean;
}

/** SQL for what a column of an object will hold once the row is applied. */
export type Merged = (column: string) => string;

/** What can be loaded, and into which table. */
export interface ImportTable {
  table: string;
  /** The column by which rows of the table are found again; of consents it is the person's, together with the name. */
  key: 'key' | 'id' | 'person_key';
  /** Of its public ids. */
  prefix?: string;
  /** May also be named by its displayId. */
  hasDisplayId?: boolean;
  /** Belongs to a person. */
  ofPerson: boolean;
  fields: ImportField[];
  /** Rules between the fields of one row. */
  refine?: (row: CheckedRow, defaultCountry: string) => void;
  /** Rules for the object as it will be: SQL that is true where it is refused, and `<code> <field>`. `t` is what is there. */
  rules?: (merged: Merged) => [sql: string, refusal: string][];
  /** Further columns that an update changes, as SQL: `[column, value]`. */
  touches?: (merged: Merged) => [column: string, sql: string][];
}
