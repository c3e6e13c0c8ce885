import { type Fault } from '@muster/core/errors';
import { type CheckedRow } from './checkedRow.ts';
import { type ImportField, type ImportTable } from './importTable.ts';

/** One row of a file: its values by the position of their fields; undefined is absent, null clears. */
export interface ImportRow {
  line: number;
  values: unknown[];
  /** What is wrong with the row as such. */
  fault?: Fault;
}

/** Gives a function that checks rows as the API checks the bodies of single objects. It throws nothing: faults come with the row. */
export function rowChecker(table: ImportTable, defaultCountry: string): (row: ImportRow) => CheckedRow {
  const { fields, refine } = table;
  const keys = keyCheck(table);
  return ({ line, values, fault }) => {
    const row: CheckedRow = {
      line,
      sql: new Array<undefined>(fields.length),
      cleared: 0,
      details: undefined,
      faults: [],
    };
    if (fault) {
      row.faults.push(fault);
      return row;
    }
    for (let at = 0; at < values.length; at++) {
      const field = fields[at];
      if (field && values[at] !== undefined) takeValue(row, { field, at, value: values[at] });
    }
    keys?.(row);
    refine?.(row, defaultCountry);
    return row;
  };
}

function takeValue(row: CheckedRow, { field, at, value }: { field: ImportField; at: number; value: unknown }) {
  const { name, type, role } = field;
  const namesNothing = role === 'reference' && Array.isArray(value) && value.length === 0;
  if (value === null || namesNothing) {
    clear(row, field, at);
    return;
  }
  const sql = type.toSql(value);
  if (typeof sql !== 'string') row.faults.push({ field: name, ...sql });
  else if (role === 'detail') (row.details ??= {})[name] = type.toJson?.(sql) ?? sql;
  else row.sql[at] = sql;
}

function clear(row: CheckedRow, { name, role, required, default: standard }: ImportField, at: number) {
  if (role === 'key' || required || standard !== undefined) {
    row.faults.push({ field: name, code: 'required', message: 'cannot be cleared: leave it out' });
  }
  if (role === 'detail') (row.details ??= {})[name] = null;
  else row.cleared += 2 ** at;
}

function keyCheck({ fields, prefix, hasDisplayId }: ImportTable): ((row: CheckedRow) => void) | undefined {
  if (prefix === undefined) return undefined;
  const [id, externalId] = [positionOf(fields, 'id'), positionOf(fields, 'externalId')];
  const form = new RegExp(`^(${prefix}-[A-Z0-9]{1,20}-[A-Z0-9]{1,20}${hasDisplayId ? '|[1-9][0-9]{0,14}' : ''})$`);
  return ({ sql, faults }) => {
    if (sql[id] === undefined) {
      if (sql[externalId] === undefined && faults.length === 0) faults.push(externalIdRequired);
    } else if (!form.test(sql[id])) {
      faults.push({ field: 'id', code: 'wrongForm', message: `must be an id of ours, ${prefix}-…` });
    }
  };
}

/** The fault of a file or row that says of nothing which object it is. */
export const externalIdRequired: Fault = {
  field: 'externalId',
  code: 'externalIdRequired',
  message: 'is missing: without it the same file, sent again, would make everything twice',
};

/** Where a field of that name stands. */
export function positionOf(fields: readonly ImportField[], name: string): number {
  return fields.findIndex((field) => field.name === name);
}
