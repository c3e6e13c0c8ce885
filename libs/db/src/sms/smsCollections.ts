import { Conflict, NotFound } from '@muster/core/errors';
import { type CompanyDatabase } from '../openDatabase.ts';
import { type NumberedPage, readNumberedPage } from './numberedPages.ts';

/** Texts that campaigns may take theirs from. */
export interface CollectionRow {
  collectionGuid: string;
  createdAt: Date;
  name: string;
}

const COLUMNS = 'guid as "collectionGuid", created_at as "createdAt", name';

/** A page of the collections of texts that the company has, newest first. */
export function listCollections(db: CompanyDatabase, page: NumberedPage): Promise<CollectionRow[]> {
  return readNumberedPage<CollectionRow>(db, { table: 'sms_collection', columns: COLUMNS }, page);
}

/** Reads a collection. Throws NotFound `collectionNotFound`. */
export async function getCollection(db: CompanyDatabase, guid: string): Promise<CollectionRow> {
  const [row] = await db.query<CollectionRow>(
    `select ${COLUMNS} from sms_collection where company_id = $1 and guid = $2`,
    [db.companyId, guid],
  );
  if (!row) throw new NotFound('collectionNotFound', `there is no collection of texts ${guid}`);
  return row;
}

/** Makes a collection. Throws Conflict `collectionTaken`. */
export async function insertCollection(db: CompanyDatabase, name: string): Promise<CollectionRow> {
  const [row] = await db.query<CollectionRow>(
    `insert into sms_collection (company_id, name) values ($1, $2) on conflict (company_id, name) do nothing returning ${COLUMNS}`,
    [db.companyId, name],
  );
  if (!row)
    throw new Conflict('collectionTaken', `there is a collection of the name "${name}" already: choose another one`);
  return row;
}
