/** Rows that a caller handed in, as CSV: the columns in the order in which they are first seen; none at all: `borrowerId` alone. */
export function overrideCsv(rows: readonly Record<string, unknown>[]): string {
  const columns = new Set(rows.flatMap((row) => Object.keys(row)));
  if (columns.size === 0) columns.add('borrowerId');
  const lines = [[...columns], ...rows.map((row) => [...columns].map((column) => row[column]))];
  return lines.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

/** Null is an empty cell, an empty string `""`: so that reading it back tells them apart. */
function cell(value: unknown) {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
