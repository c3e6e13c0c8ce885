import { type Database } from '@muster/core/database';
import { NotFound } from '@muster/core/errors';
import { parseReference } from '@muster/core/reference';

/** Which page of a list is wanted; when both cursors are given, `endingBefore` counts. */
export interface PageRequest {
  limit: number;
  startingAfter?: string;
  endingBefore?: string;
  /** Names of the listing's `sortable`, `-` in front for descending; absent: newest first. */
  sortBy?: readonly string[];
}

export interface Page<Row> {
  /** In the order that was asked for. */
  rows: Row[];
  total: number;
  totalIsEstimate: boolean;
  hasNext: boolean;
  hasPrevious: boolean;
}

/** A list: rows of `table`, each called `item` in the expressions, that lie in `scope` and pass `filter`. */
export interface Listing {
  table: string;
  hasExternalIds: boolean;
  /** The select list; it must give `id`. */
  columns: string;
  /** What a cursor must lie in as well: company, campaign; with `$1…`. */
  scope: Condition;
  /** Its parameters are numbered on from those of the scope. */
  filter: Condition;
  /** What the list can be sorted by: an expression for each name, never null. */
  sortable?: Record<string, string>;
}

interface Condition {
  sql: string;
  parameters: unknown[];
}

interface Position {
  id: string;
}

const COUNT_LIMIT = 100_000; // beyond, the planner's estimate will do

/** Reads a page by key, never by OFFSET: page 1,000 costs what page 1 does, and rows that are added move nothing. */
export async function readPage<Row extends Position>(
  db: Database,
  listing: Listing,
  request: PageRequest,
): Promise<Page<Row>> {
  const backwards = request.endingBefore !== undefined;
  const cursor = request.endingBefore ?? request.startingAfter;
  const from = cursor === undefined ? undefined : await findPosition(db, listing, { cursor, backwards });
  const { sortBy } = request;
  const found = await readBeyond<Row>(db, listing, { from, backwards, limit: request.limit + 1, sortBy });
  const rows = found.slice(0, request.limit);
  if (backwards) rows.reverse();
  const edge = backwards ? rows.at(-1) : rows[0];
  const more = found.length > request.limit;
  const isBehind = async (row: Row) =>
    (await readBeyond(db, listing, { from: row, backwards: !backwards, limit: 1, sortBy })).length > 0;
  const behind = from && edge ? await isBehind(edge) : false;
  return {
    rows,
    ...(await countRows(db, listing)),
    hasNext: backwards ? behind : more,
    hasPrevious: backwards ? more : behind,
  };
}

async function findPosition(
  db: Database,
  { table, scope, hasExternalIds }: Listing,
  { cursor, backwards }: { cursor: string; backwards: boolean },
) {
  const reference = parseReference(cursor);
  if (reference && ('id' in reference || hasExternalIds)) {
    const [column, value] = 'id' in reference ? ['id', reference.id] : ['external_id', reference.externalId];
    const [row] = await db.query<Position>(
      `select item.id from ${table} item
       where ${scope.sql} and item.${column} = $${scope.parameters.length + 1}`,
      [...scope.parameters, value],
    );
    if (row) return row;
  }
  const field = backwards ? 'endingBefore' : 'startingAfter';
  throw new NotFound('cursorNotFound', `${field} names no object of this list`, { details: { field } });
}

interface Beyond {
  from: Position | undefined;
  backwards: boolean;
  limit: number;
  sortBy: readonly string[] | undefined;
}

async function readBeyond<Row>(db: Database, listing: Listing, beyond: Beyond): Promise<Row[]> {
  const { table, columns, scope, filter } = listing;
  const { from, backwards, limit, sortBy } = beyond;
  const parameters = [...scope.parameters, ...filter.parameters];
  const next = parameters.length + 1;
  const keys = sortKeys(listing, sortBy).map((key) => ({ ...key, descends: key.descends !== backwards }));
  const order = keys.map(({ expression, descends }) => `${expression} ${descends ? 'desc' : 'asc'}`).join(', ');
  const behind = from ? `and ${beyondCursor(table, keys, `$${next + 1}`)}` : '';
  return db.query<Row>(
    `select ${columns} from ${table} item where ${scope.sql} and ${filter.sql} ${behind}
     order by ${order} limit $${next}`,
    [...parameters, limit, ...(from ? [from.id] : [])],
  );
}

interface SortKey {
  expression: string;
  descends: boolean;
}

/** What a list is ordered by; the id comes last, so that no two rows are equal. */
function sortKeys({ sortable = {} }: Listing, sortBy: readonly string[] | undefined): SortKey[] {
  const keys = sortBy?.map((name) => ({
    expression: sortable[name.replace(/^-/, '')] ?? 'item.created_at',
    descends: name.startsWith('-'),
  })) ?? [{ expression: 'item.created_at', descends: true }];
  return [...keys, { expression: 'item.id', descends: keys.at(-1)?.descends ?? true }];
}

/** The rows beyond the one at the cursor, whose values are looked up: handed over, a moment would lose its microseconds. */
function beyondCursor(table: string, keys: SortKey[], id: string): string {
  const own = keys.map(({ expression }) => expression);
  const other = own.map((expression) => `(select ${expression} from ${table} item where item.id = ${id})`);
  if (new Set(keys.map(({ descends }) => descends)).size === 1) {
    return `(${own.join(', ')}) ${keys[0]?.descends ? '<' : '>'} (${other.join(', ')})`; // an index can do this
  }
  const steps = keys.map(({ descends }, at) => {
    const equal = own.slice(0, at).map((expression, before) => `${expression} = ${other[before]}`);
    return [...equal, `${own[at]} ${descends ? '<' : '>'} ${other[at]}`].join(' and ');
  });
  return `((${steps.join(') or (')}))`;
}

async function countRows(db: Database, { table, scope, filter }: Listing) {
  const parameters = [...scope.parameters, ...filter.parameters];
  const [row] = await db.query<{ count: string }>(
    `select count(*) from (select 1 from ${table} item where ${scope.sql} and ${filter.sql} limit ${COUNT_LIMIT + 1}) as counted`,
    parameters,
  );
  const total = Number(row?.count ?? 0);
  if (total <= COUNT_LIMIT) return { total, totalIsEstimate: false };
  const [plan] = await db.query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
    `explain (format json) select 1 from ${table} item where ${scope.sql} and ${filter.sql}`,
    parameters,
  );
  return { total: Math.max(total, plan?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0), totalIsEstimate: true };
}
