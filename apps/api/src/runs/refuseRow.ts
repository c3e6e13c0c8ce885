import { isCleanText } from '@muster/core/fields';

const MAX_COLUMNS = 200;
const MAX_CHARACTERS = 10_000;

/**
 * What is wrong with a row that was handed in, as the end of a sentence; never what stands in it. The names of `known`
 * columns have been looked at in a row before.
 */
export function refuseRow(row: unknown, known: ReadonlySet<string>): string | undefined {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return 'is not an object';
  const columns = Object.entries(row);
  if (columns.length === 0 || columns.length > MAX_COLUMNS) return `must have 1 to ${MAX_COLUMNS} columns`;
  for (const [at, [name, value]] of columns.entries()) {
    if (!known.has(name) && (name === '' || name.length > 200 || !isCleanText(name)))
      return `has a column ${at + 1} whose name cannot be stored`;
    const wrong = refuseValue(value);
    if (wrong !== undefined) return `has ${wrong} in its column ${at + 1}`;
  }
  return undefined;
}

function refuseValue(value: unknown): string | undefined {
  if (value === null || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') {
    const isRounded = !Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value));
    return isRounded ? 'a number that JSON readers round: write it as a text' : undefined;
  }
  if (typeof value !== 'string') return 'an object or a list, and may have texts, numbers, true, false and null only';
  return value.length <= MAX_CHARACTERS && isCleanText(value, true) ? undefined : 'a text that cannot be stored';
}
