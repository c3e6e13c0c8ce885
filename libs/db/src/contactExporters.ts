import { Conflict } from '@muster/core/errors';
import { type Kind, newId } from './companyObjects.ts';
import { changeObject, writeObject } from './objectRows.ts';
import { type CompanyDatabase } from './openDatabase.ts';
import { type ContactExporterRow, contactExporterSchema } from './schemas.ts';

export const contactExporters: Kind<ContactExporterRow> = {
  schema: contactExporterSchema,
  word: 'contact exporter',
  prefix: 'CE',
  sortable: {
    createdAt: 'item.created_at',
    updatedAt: 'item.updated_at',
    externalId: "coalesce(item.external_id, '')",
  },
};

export type ContactExporterValues = Pick<
  ContactExporterRow,
  'externalId' | 'contactMatchingCriteria' | 'columnSettings' | 'checkCanInteractData'
>;

const MOST_NAMED = 20;

/** Inserts an exporter; gives its id. Throws Conflict `externalIdTaken`. */
export async function insertContactExporter(tx: CompanyDatabase, values: ContactExporterValues) {
  const id = await newId(tx, contactExporters);
  await writeObject(contactExporters, () =>
    tx.manager.insert(contactExporterSchema, { id, companyId: tx.companyId, ...values }),
  );
  return id;
}

/** Changes what is given, and leaves the rest; `updatedAt`, too, where nothing changes. Throws Conflict `externalIdTaken`. */
export async function updateContactExporter(tx: CompanyDatabase, id: string, change: Partial<ContactExporterValues>) {
  await changeObject(tx, contactExporters, { id, ...change });
}

/** Deletes an exporter, softly. Throws Conflict `exporterInUse`, naming campaigns, while one uses it. Lock it before. */
export async function deleteContactExporter(tx: CompanyDatabase, id: string) {
  const users = await tx.query<{ id: string }>(
    `select id from campaign where company_id = $1 and contact_exporter_id = $2 and deleted_at is null
     order by created_at, id limit ${MOST_NAMED}`,
    [tx.companyId, id],
  );
  if (users.length > 0) {
    const campaignIds = users.map((user) => user.id);
    const message = `contact exporter ${id} is used by ${campaignIds.join(', ')}: give them another one first`;
    throw new Conflict('exporterInUse', message, { details: { campaignIds } });
  }
  await tx.execute(
    'update contact_exporter set deleted_at = now(), updated_at = now() where company_id = $1 and id = $2',
    [tx.companyId, id],
  );
}
