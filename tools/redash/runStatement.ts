import pg from 'pg';
import { columnType, jsonFormatter, type ColumnType } from './formatValue.ts';

export interface Column {
  name: string;
  friendly_name: string;
  type: ColumnType;
}

/** All rows as one JSON text, kept in pieces: a million of them are 200 MB. */
export interface Table {
  columns: Column[];
  rowPieces: Buffer[];
}

/** A statement on its way, and how to stop it. */
export interface Running {
  done: Promise<Table>;
  cancel(): Promise<void>;
}

const PIECE_CHARACTERS = 64 * 1024;

/** Executes a statement on PostgreSQL as Redash's worker does: all of it, kept in memory. */
export function runStatement(databaseUrl: string, sql: string): Running {
  const client = new pg.Client({ connectionString: databaseUrl, options: '-c timezone=UTC -c intervalstyle=postgres' });
  client.on('error', () => undefined);
  let isCanceled = false;
  const done = client
    .connect()
    .then(() => {
      if (isCanceled) throw new Error('canceled before it began');
      return collectRows(client, sql);
    })
    .finally(() => client.end().catch(() => undefined));
  const cancel = () => {
    isCanceled = true;
    return endBackend(databaseUrl, client);
  };
  return { done, cancel };
}

function collectRows(client: pg.Client, sql: string): Promise<Table> {
  const pieces = piecesOf();
  let columns: Column[] | undefined;
  let formatters: ((text: string) => string)[] = [];
  // A listener for rows keeps pg from gathering them itself.
  const query = new pg.Query({
    text: sql,
    rowMode: 'array',
    types: { getTypeParser: () => (text: string) => text },
  } as pg.QueryConfig);
  return new Promise((resolve, reject) => {
    query.on('row', (row: (string | null)[], result) => {
      columns ??= namedColumns(result?.fields ?? []);
      if (formatters.length === 0) formatters = writersOf(columns, result?.fields ?? []);
      pieces.add(rowText(row, formatters));
    });
    query.on('error', reject);
    query.on('end', (result) => {
      columns ??= namedColumns(result.fields);
      if (columns.length === 0) reject(new Error('Query completed but it returned no data.'));
      else resolve({ columns, rowPieces: pieces.all() });
    });
    client.query(query);
  });
}

function writersOf(columns: Column[], fields: pg.FieldDef[]) {
  return fields.map(({ dataTypeID }, i) => {
    const key = `${JSON.stringify(columns[i]?.name)}: `;
    const format = jsonFormatter(dataTypeID);
    return (text: string | null) => key + (text === null ? 'null' : format(text));
  });
}

function rowText(row: (string | null)[], writers: ((text: string) => string)[]): string {
  return `{${writers.map((write, i) => write(row[i] as string)).join(', ')}}`;
}

function piecesOf() {
  const pieces: Buffer[] = [];
  let text = '';
  let isFirst = true;
  return {
    add(row: string) {
      text += isFirst ? row : `, ${row}`;
      isFirst = false;
      if (text.length < PIECE_CHARACTERS) return;
      pieces.push(Buffer.from(text));
      text = '';
    },
    all: () => [...pieces, Buffer.from(text)],
  };
}

/** Equal names get a number: a, a1; count, count1. */
function namedColumns(fields: pg.FieldDef[]): Column[] {
  const seen = new Map<string, number>();
  return fields.map(({ name, dataTypeID }) => {
    const times = seen.get(name) ?? 0;
    seen.set(name, times + 1);
    const unique = times === 0 ? name : `${name}${times}`;
    return { name: unique, friendly_name: unique, type: columnType(dataTypeID) };
  });
}

/** Ends the whole connection: a mere cancel would miss a statement that is still on its way to the server. */
async function endBackend(databaseUrl: string, client: pg.Client): Promise<void> {
  const { processID } = client as pg.Client & { processID?: number | null };
  if (processID === undefined || processID === null) return;
  const other = new pg.Client({ connectionString: databaseUrl });
  other.on('error', () => undefined);
  try {
    await other.connect();
    await other.query('SELECT pg_terminate_backend($1)', [processID]);
  } catch {
    // the database is gone, and the statement with it
  } finally {
    await other.end().catch(() => undefined);
  }
}
