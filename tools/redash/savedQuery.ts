import { createHash } from 'node:crypto';

/** A parameter of a saved query, as Redash keeps it. */
export interface SavedParameter {
  name: string;
  type: string;
  value?: unknown;
  multiValuesOptions?: unknown;
}

/** A query that the stand-in knows. */
export interface SavedQuery {
  id: number;
  name: string;
  /** With `{{ name }}` for parameters. */
  sql: string;
  /** The query's own key. */
  apiKey?: string;
  parameters?: SavedParameter[];
  /** The check box "LIMIT 1000" of the editor. */
  hasAutoLimit?: boolean;
}

const PLACE = /\{\{\s*([^{}]+?)\s*\}\}/g;

/** The names that the text needs and nobody gave. */
export function missingNames({ sql }: SavedQuery, values: Record<string, unknown>): string[] {
  const names = [...sql.matchAll(PLACE)].map(([, name = '']) => name);
  return [...new Set(names)].filter((name) => lookUp(values, name) === undefined);
}

/** The names whose values do not fit, or which the query does not have. */
export function unfitNames({ parameters = [] }: SavedQuery, values: Record<string, unknown>): string[] {
  if (parameters.length === 0) return []; // without definitions anything goes
  return Object.keys(values).filter((name) => {
    const parameter = parameters.find((p) => p.name === name);
    return parameter === undefined || !fits(parameter, values[name]);
  });
}

function fits({ type, multiValuesOptions }: SavedParameter, value: unknown): boolean {
  if (type === 'number') return value !== null && value !== '' && Number.isFinite(Number(value));
  if (type.includes('range')) return typeof value === 'object' && value !== null && 'start' in value && 'end' in value;
  if (Array.isArray(value)) return typeof multiValuesOptions === 'object';
  if (type.startsWith('date')) return typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value);
  return typeof value === 'string';
}

/** The statement with its values pasted in, unescaped, as Redash does. */
export function statementOf({ sql }: SavedQuery, values: Record<string, unknown>, hasLimit: boolean): string {
  const text = sql.replace(PLACE, (_, name: string) => String(lookUp(values, name)));
  return hasLimit ? `${text} LIMIT 1000` : text;
}

/** The statement as executed without anybody's values: its hash is the query's. */
export function defaultStatement(query: SavedQuery): string {
  const values = Object.fromEntries((query.parameters ?? []).map(({ name, value }) => [name, value]));
  return statementOf(query, values, query.hasAutoLimit ?? false);
}

/** By this two statements count as the same: comments and all white space make no difference. */
export function hashOf(statement: string): string {
  const bare = statement.replace(/\/\*.*?\*\//gs, '').replace(/\s+/g, '');
  return createHash('md5').update(bare).digest('hex');
}

/** Queries with a free text are not for those who hold only the query's key. */
export function isSafe({ parameters = [] }: SavedQuery): boolean {
  return !parameters.some(({ type }) => type === 'text');
}

function lookUp(values: Record<string, unknown>, name: string): unknown {
  const [first = '', ...rest] = name.split('.');
  const value = values[first];
  if (rest.length > 0) return (value as Record<string, unknown> | undefined)?.[rest.join('.')];
  return Array.isArray(value) ? value.join(',') : value;
}
