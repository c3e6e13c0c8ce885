import { InvalidInput } from '@muster/core/errors';
import { type ImportRow } from './checkRow.ts';
import { type ImportTable } from './importTable.ts';
import { IGNORED, knownColumns, unknownField } from './knownColumns.ts';
import { type FileRows } from './fileRows.ts';
import { type NumberedLine, splitLines } from './splitLines.ts';

/** Where the fields of an object are found: those of objects within it under `<name>.<name>`. */
interface Shape {
  known: Map<string, number>;
  groups: Map<string, string[]>;
}

/** The rows of a file with one JSON object a line: an absent field leaves as it is, null clears. */
export async function jsonRows(table: ImportTable, text: AsyncGenerator<string>): Promise<FileRows> {
  const known = knownColumns(table);
  const shape = { known, groups: groupsOf(known) };
  const splitter = splitLines();
  const toRows = (lines: NumberedLine[]) => lines.map((line) => rowOf(line, shape));
  return {
    columns: table.fields.map((_, at) => at),
    rows: (async function* () {
      let isEmpty = true;
      for await (const piece of text) {
        isEmpty = false;
        yield toRows(splitter.take(piece));
      }
      if (isEmpty) throw new InvalidInput([{ field: '', code: 'fileEmpty', message: 'the file is empty' }]);
      yield toRows(splitter.end());
    })(),
  };
}

function groupsOf(known: Map<string, number>) {
  const groups = new Map<string, string[]>();
  for (const name of known.keys()) {
    const [group = '', part] = name.split('.');
    if (part !== undefined) groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  return groups;
}

function rowOf({ line, text }: NumberedLine, shape: Shape): ImportRow {
  const row: ImportRow = { line, values: [] };
  const object = parse(text);
  if (isObject(object)) takeFields(row, object, shape);
  else row.fault = { field: '', code: 'wrongType', message: 'is no JSON object: one a line, please' };
  return row;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function takeFields(row: ImportRow, object: Record<string, unknown>, { known, groups }: Shape) {
  for (const name of Object.keys(object)) {
    const at = known.get(name);
    const group = groups.get(name);
    if (at !== undefined) take(row, at, object[name]);
    else if (group) takeGroup(row, { name, value: object[name], fields: group }, known);
    else throw unknownField({ line: row.line, name }, known);
  }
}

interface Group {
  name: string;
  value: unknown;
  fields: string[];
}

function takeGroup(row: ImportRow, { name, value, fields }: Group, known: Map<string, number>) {
  if (value === null) for (const field of fields) take(row, known.get(field) ?? IGNORED, null);
  else if (!isObject(value)) row.fault ??= { field: name, code: 'wrongType', message: 'must be an object' };
  else {
    for (const part of Object.keys(value)) {
      const at = known.get(`${name}.${part}`);
      if (at === undefined) throw unknownField({ line: row.line, name: part, group: name }, known);
      take(row, at, value[part]);
    }
  }
}

function take(row: ImportRow, at: number, value: unknown) {
  if (at !== IGNORED) row.values[at] = value;
}
