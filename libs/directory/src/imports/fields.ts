import { displayId, type FieldType, nameOfObject, ownId, text } from './fieldTypes.ts';
import { type ImportField } from './importTable.ts';

type More = Pick<ImportField, 'default' | 'required'>;

/** A field with a column of its own, named after it unless said otherwise. */
export function value(
  name: string,
  type: FieldType,
  { column = snakeCase(name), ...more }: More & { column?: string } = {},
): ImportField {
  return { name, column, type, role: 'value', ...more };
}

/** A field that is kept in the JSON column `details`. */
export function detail(name: string, type: FieldType): ImportField {
  return { name, column: snakeCase(name), type, role: 'detail' };
}

/** A field that names another object. */
export function reference(name: string, column: string, type: FieldType = nameOfObject): ImportField {
  return { name, column, type, role: 'reference' };
}

/** What names the object itself. */
export const keyFields: ImportField[] = [
  { name: 'id', column: 'id', type: ownId, role: 'key' },
  { name: 'externalId', column: 'external_id', type: text(), role: 'key' },
];

/** What names the object's person: by our id or the caller's own, or by the displayId. */
export const personFields: ImportField[] = [
  reference('personId', 'person_ref'),
  reference('personDisplayId', 'person_display_id', displayId),
];

function snakeCase(name: string) {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
