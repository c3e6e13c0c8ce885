import { NotFound } from '@muster/core/errors';
import { type CompanyDatabase } from '../openDatabase.ts';

/** Texts that campaigns may take theirs from. */
export interface CollectionRow {
  collectionGuid: string;
  createdAt: Date;
  name: string;
}

const COLUMNS = 'guid as "collectionGuid", created_at as "createdAt", name';

/** All collections of texts that the company has, newest first. */
export function listCollections(db: CompanyDatabase): Promise<CollectionRow[]> {
  return db.query<CollectionRow>(
    `select ${COLUMNS} from sms_collection where company_id = $1 order by created_at desc, guid desc`,
    [db.companyId],
  );
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
