import { type EntitySchema } from 'typeorm';
import { Conflict, NotFound } from '@muster/core/errors';
import { parseReference } from '@muster/core/reference';
import { type CompanyDatabase } from './openDatabase.ts';
import { type Page, type PageRequest, readPage } from './pages.ts';
import { type CompanyObject } from './schemas.ts';
import { violatedIndex } from './violatedIndex.ts';

/** A kind of object that a company has many of. */
export interface Kind<Row extends CompanyObject> {
  schema: EntitySchema<Row>;
  /** `campaign`: for messages and codes. */
  word: string;
  /** Of the ids: `CM`. */
  prefix: string;
  /** What lists of it can be sorted by, beside when it was made: expressions of `item`, never null. */
  sortable?: Record<string, string>;
}

/** Which object, by which of its names. */
export interface Wanted {
  /** Our id, or `ext-` and the company's own. */
  reference: string;
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
  const reference = parseReference(wanted.reference);
  const column = reference && 'id' in reference ? 'id' : 'external_id';
  const value = reference && ('id' in reference ? reference.id : reference.externalId);
  const [row] =
    value === undefined
      ? []
      : await db.query<Row>(
          `select ${selectList(db, kind)} from ${tableOf(kind)} item where company_id = $1 and ${column} = $2
             ${wanted.includeDeleted ? '' : 'and deleted_at is null'} ${wanted.lock ?? ''}`,
          [db.companyId, value],
        );
  if (row) return row;
  const name = reference ? wanted.reference : wanted.reference.replaceAll(/[^\w-]/g, '?').slice(0, 40);
  throw new NotFound(`${codeWord(kind)}NotFound`, `there is no ${kind.word} ${name}`);
}

/** A page of a company's objects, newest first, without the deleted ones. */
export function listObjects<Row extends CompanyObject>(
  db: CompanyDatabase,
  kind: Kind<Row>,
  page: PageRequest,
): Promise<Page<Row>> {
  const listing = {
    table: tableOf(kind),
    columns: selectList(db, kind),
    hasExternalIds: true,
    scope: { sql: 'item.company_id = $1', parameters: [db.companyId] },
    filter: { sql: 'item.deleted_at is null', parameters: [] },
    ...(kind.sortable && { sortable: kind.sortable }),
  };
  return readPage<Row>(db, listing, page);
}

/** The next id of a kind, for an object whose secrets are sealed to it before it is there. */
export async function newId(db: CompanyDatabase, { prefix }: { prefix: string }): Promise<string> {
  const [row] = await db.query<{ id: string }>('select new_id($1) as id', [prefix]);
  if (!row) throw new Error('no id was made');
  return row.id;
}

/** Runs a write; a second use of an `externalId` becomes Conflict `externalIdTaken`. */
export async function writeObject<Row extends CompanyObject, Result>(kind: Kind<Row>, write: () => Promise<Result>) {
  try {
    return await write();
  } catch (error) {
    if (violatedIndex(error) !== `${tableOf(kind)}_external`) throw error;
    throw new Conflict(
      'externalIdTaken',
      `another ${kind.word} of the company has this externalId, or had it and was deleted`,
      {
        details: { field: 'externalId' },
      },
    );
  }
}

function selectList<Row extends CompanyObject>(db: CompanyDatabase, { schema }: Kind<Row>) {
  const { columns } = db.source.getMetadata(schema);
  return columns.map(({ databaseName, propertyName }) => `item.${databaseName} as "${propertyName}"`).join(', ');
}

function tableOf<Row extends CompanyObject>({ schema }: Kind<Row>): string {
  return schema.options.tableName ?? schema.options.name;
}

function codeWord({ word }: { word: string }) {
  return word.replaceAll(/ (.)/g, (_, letter: string) => letter.toUpperCase());
}
