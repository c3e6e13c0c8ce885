/**
 * Puts values for the placeholders of a text, in one pass: what a value holds is no placeholder again, and of two that begin at
 * one place the longer is meant. `unused` are those that the text does not have.
 */
export function fillPlaceholders(
  text: string,
  values: ReadonlyMap<string, string>,
): { text: string; unused: string[] } {
  const names = [...values.keys()].sort((one, other) => other.length - one.length);
  const unused = new Set(names);
  if (names.length === 0) return { text, unused: [] };
  const form = new RegExp(names.map((name) => name.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
  const filled = text.replaceAll(form, (name) => {
    unused.delete(name);
    return values.get(name) ?? name;
  });
  return { text: filled, unused: [...unused] };
}
