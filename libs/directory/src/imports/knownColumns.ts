import { type Fault, InvalidInput } from '@muster/core/errors';
import { nearest } from '@muster/core/nearest';
import { type ImportTable } from './importTable.ts';

/** Fields of the API's answers that are no input: accepted and ignored, so that what was read can be sent back. */
const READ_ONLY = ['createdAt', 'updatedAt', 'deletedAt', 'object', 'companyId', 'displayId', 'statusUpdatedAt'];
export const IGNORED = -1;

/** The positions of a table's fields by name; IGNORED for those that are accepted and not looked at. */
export function knownColumns({ fields }: ImportTable): Map<string, number> {
  return new Map([
    ...READ_ONLY.map((name) => [name, IGNORED] as const),
    ...fields.map(({ name }, at) => [name, at] as const),
  ]);
}

const MOST_SHOWN = 20;

/**
 * The refusal of a CSV whose header has columns that nobody knows, with those that were probably meant. The names
 * themselves are not told: where the header is missing they are the first person's data, and errors are kept.
 */
export function unknownColumns(names: readonly string[], known: Map<string, number>): InvalidInput {
  const unknown = names.flatMap((name, at) => (known.has(name) ? [] : [{ name, position: at + 1 }]));
  const isHeader = unknown.length < names.length;
  const code = isHeader ? 'unknownField' : 'headerMissing';
  const which = isHeader
    ? `the columns ${listOf(unknown.map(({ position }) => position))} are named like no field`
    : `none of its ${names.length} columns is named like a field; is there no header?`;
  const meant = unknown.slice(0, MOST_SHOWN).flatMap(({ name, position }): Fault[] => {
    const field = nearest(name, fieldsIn(known));
    if (field === undefined) return [];
    return [{ field: `column ${position}`, code, message: `did you mean ${field}?` }];
  });
  const message = `${which}${isHeader ? ';' : ''} known are ${fieldsIn(known).join(', ')}`;
  return new InvalidInput([{ field: 'line 1', code, message }, ...meant]);
}

function listOf(positions: readonly number[]) {
  const more = positions.length - MOST_SHOWN;
  return `${positions.slice(0, MOST_SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The refusal of an NDJSON with a field that nobody knows, in the object `group` of its line where it is in one. */
export function unknownField(
  { line, name, group }: { line: number; name: string; group?: string },
  known: Map<string, number>,
): InvalidInput {
  const fields = fieldsIn(known).filter((field) => group === undefined || field.startsWith(`${group}.`));
  const meant = nearest(group === undefined ? name : `${group}.${name}`, fields);
  const hint = meant === undefined ? `known are ${fields.join(', ')}` : `did you mean ${meant}?`;
  const where = group === undefined ? '' : ` in its ${group}`;
  const message = `has a field${where} that these objects do not have: ${hint}`;
  return new InvalidInput([{ field: `line ${line}`, code: 'unknownField', message }]);
}

function fieldsIn(known: Map<string, number>) {
  return [...known].flatMap(([name, at]) => (at === IGNORED ? [] : [name]));
}
