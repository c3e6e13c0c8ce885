import { type Column } from './runStatement.ts';
import { type StoredResult } from './redashJobs.ts';

/** Redash's own CSV, with all its losses: seconds, zones, the difference of null and nothing, Python's words. */
export function resultCsv({ columns, rowPieces }: StoredResult): string {
  const rows = JSON.parse(`[${Buffer.concat(rowPieces).toString()}]`) as Record<string, unknown>[];
  const lines = rows.map((row) => columns.map((column) => csvCell(cellText(column, row[column.name]))));
  return [columns.map(({ name }) => csvCell(name)), ...lines].map((cells) => `${cells.join(',')}\r\n`).join('');
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function cellText({ type }: Column, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (type === 'boolean') return JSON.stringify(value);
  if (typeof value === 'string' && type === 'datetime') return `${shortDate(value)} ${value.slice(11, 16)}`;
  if (typeof value === 'string' && type === 'date') return shortDate(value);
  return typeof value === 'string' ? value : pythonText(value);
}

/** The default of an organisation: DD/MM/YY. */
function shortDate(text: string): string {
  return `${text.slice(8, 10)}/${text.slice(5, 7)}/${text.slice(2, 4)}`;
}

function pythonText(value: unknown): string {
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') return `'${value.replaceAll("'", "\\'")}'`;
  if (Array.isArray(value)) return `[${value.map(pythonText).join(', ')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, member]) => `${pythonText(key)}: ${pythonText(member)}`)
    .join(', ')}}`;
}
