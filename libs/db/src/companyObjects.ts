import { type EntitySchema } from 'typeorm';
import { NotFound } from '@muster/core/errors';
import { parseReference } from '@muster/core/reference';
import { type CompanyObject } from './defineSchema.ts';
import { type CompanyDatabase } from './openDatabase.ts';
import { type Page, type PageRequest, readPage } from './pages.ts';

/** A kind of object that a company has many of. */
export interface Kind<Row extends CompanyObject> {
  schema: EntitySchema<Row>;
  /** `campaign`: for messages and codes. */
  word: string;
  /** Of the ids: `CM`. */
  prefix: string;
  /** What lists of it can be sorted by, beside when it was made: expressions of `item`, never null. */
  sortable?: Record<string, string>;
  /** Its `key` names it as well, as an integer. */
  hasDisplayIds?: boolean;
  /** What is read of it beside its columns: expressions of `item`. */
  computed?: Record<string, string>;
}

/** Columns and what they must hold. */
type Columns = Record<string, unknown>;

/** Which object, by which of its names. */
export interface Wanted {
  /** Our id, or `ext-` and the company's own; an integer, where the kind has them. */
  reference: string;
  /** What it must belong to: `{ person_key: '7' }`. */
  within?: Columns;
  includeDeleted?: boolean;
  /** Keeps the row for the rest of the transaction. */
  lock?: 'for no key update' | 'for share';
}

/** Reads one object. Throws NotFound (`campaignNotFound`) for what is not there, deleted, or another company's. */
export async function getObject<Row extends CompanyObject>(
  db: CompanyDatabase,
  kind: Kind<Row>,
  wanted: Wanted,
): Promise<Row> {
  const name = nameIn(kind, wanted.reference);
  const within = Object.entries(wanted.within ?? {});
  const [row] = name
    ? await db.query<Row>(
        `select ${selectList(db, kind)} from ${tableOf(kind)} item where company_id = $1 and ${name.column} = $2
           ${within.map(([column], at) => `and ${column} = $${at + 3}`).join(' ')}
           ${wanted.includeDeleted ? '' : 'and deleted_at is null'} ${wanted.lock ? `${wanted.lock} of item` : ''}`,
        [db.companyId, name.value, ...within.map(([, value]) => value)],
      )
    : [];
  if (row) return row;
  const shown = name ? wanted.reference : wanted.reference.replaceAll(/[^\w-]/g, '?').slice(0, 40);
  throw new NotFound(`${codeWord(kind)}NotFound`, `there is no ${kind.word} ${shown}`);
}

const DISPLAY_ID = /^[1-9]\d{0,17}$/; // of 18 digits at most: a bigint holds any of them

/** The column by which a text names an object of a kind, and its value; undefined for what can name none. */
function nameIn<Row extends CompanyObject>({ hasDisplayIds }: Kind<Row>, text: string) {
  if (hasDisplayIds && DISPLAY_ID.test(text)) return { column: 'key', value: text };
  const reference = parseReference(text);
  if (!reference) return undefined;
  return 'id' in reference
    ? { column: 'id', value: reference.id }
    : { column: 'external_id', value: reference.externalId };
}

/** Which of a company's objects a list holds, beside the deleted ones, which it never does. */
export interface Narrowing {
  /** What they belong to; a cursor must, too. */
  within?: Columns;
  /** What they must be like. */
  equal?: Columns;
  /** A further condition of `item`; `place` gives the parameter that stands for a value. */
  also?: (place: (value: unknown) => string) => string;
}

/** A page of a company's objects, newest first, without the deleted ones. */
export function listObjects<Row extends CompanyObject>(
  db: CompanyDatabase,
  kind: Kind<Row>,
  { within = {}, equal = {}, also, ...page }: PageRequest & Narrowing,
): Promise<Page<Row>> {
  const scoped: unknown[] = [];
  const filtered: unknown[] = [];
  const scope = conditions({ company_id: db.companyId, ...within }, (value) => `$${scoped.push(value)}`);
  const place = (value: unknown) => `$${scoped.length + filtered.push(value)}`;
  const filter = ['item.deleted_at is null', ...conditions(equal, place), ...(also ? [also(place)] : [])];
  const listing = {
    table: tableOf(kind),
    columns: selectList(db, kind),
    hasExternalIds: true,
    scope: { sql: scope.join(' and '), parameters: scoped },
    filter: { sql: filter.join(' and '), parameters: filtered },
    ...(kind.sortable && { sortable: kind.sortable }),
  };
  return readPage<Row>(db, listing, page);
}

function conditions(columns: Columns, place: (value: unknown) => string): string[] {
  return Object.entries(columns).map(([column, value]) => `item.${column} = ${place(value)}`);
}

/** The next id of a kind, for an object whose secrets are sealed to it before it is there. */
export async function newId(db: CompanyDatabase, { prefix }: { prefix: string }): Promise<string> {
  const [row] = await db.query<{ id: string }>('select new_id($1) as id', [prefix]);
  if (!row) throw new Error('no id was made');
  return row.id;
}

function selectList<Row extends CompanyObject>(db: CompanyDatabase, { schema, computed = {} }: Kind<Row>) {
  const columns = db.source.getMetadata(schema).columns.map(({ databaseName, propertyName, type }) => {
    // a day has no zone: pg would read it as midnight of this machine's
    const text = type === 'date' ? '::text' : '';
    return `item.${databaseName}${text} as "${propertyName}"`;
  });
  return [...columns, ...Object.entries(computed).map(([name, sql]) => `${sql} as "${name}"`)].join(', ');
}

/** The table that holds a kind. */
export function tableOf<Row extends CompanyObject>({ schema }: Kind<Row>): string {
  return schema.options.tableName ?? schema.options.name;
}

/** The kind in a code: `contactExporter`, for `contactExporterNotFound`. */
function codeWord({ word }: { word: string }) {
  return word.replaceAll(/[ -](.)/g, (_, letter: string) => letter.toUpperCase());
}
