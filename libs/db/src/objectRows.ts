import { Conflict } from '@muster/core/errors';
import { type Kind, tableOf } from './companyObjects.ts';
import { type CompanyObject } from './defineSchema.ts';
import { type CompanyDatabase } from './openDatabase.ts';
import { violatedIndex } from './violatedIndex.ts';

/** Inserts an object, whose id the table makes; gives the id. Absent values are the table's defaults. Throws Conflict `externalIdTaken`. */
export async function insertObject<Row extends CompanyObject>(
  tx: CompanyDatabase,
  kind: Kind<Row>,
  values: Partial<Row>,
): Promise<string> {
  const columns = columnsOf(tx, kind, { ...values, companyId: tx.companyId });
  const names = columns.map(({ name }) => name).join(', ');
  const places = columns.map(({ type }, at) => `$${at + 1}::${type}`).join(', ');
  const [row] = await writeObject(kind, () =>
    tx.query<{ id: string }>(
      `insert into ${tableOf(kind)} (${names}) values (${places}) returning id`,
      columns.map(({ value }) => value),
    ),
  );
  if (!row) throw new Error(`no ${kind.word} was inserted`);
  return row.id;
}

/**
 * Changes what is given and leaves the rest. A change that changes nothing is none: `updatedAt` stays as well. Throws
 * Conflict `externalIdTaken`.
 */
export async function changeObject<Row extends CompanyObject>(
  tx: CompanyDatabase,
  kind: Kind<Row>,
  { id, ...values }: Partial<Row> & { id: string },
): Promise<void> {
  const columns = columnsOf(tx, kind, values);
  if (columns.length === 0) return;
  const names = columns.map(({ name }) => name).join(', ');
  const places = columns.map(({ type }, at) => `$${at + 3}::${type}`).join(', ');
  await writeObject(kind, () =>
    tx.execute(
      `update ${tableOf(kind)} set (${names}, updated_at) = row (${places}, now())
       where company_id = $1 and id = $2 and row (${names}) is distinct from row (${places})`,
      [tx.companyId, id, ...columns.map(({ value }) => value)],
    ),
  );
}

/** Deletes an object, softly. */
export async function deleteObject<Row extends CompanyObject>(tx: CompanyDatabase, kind: Kind<Row>, id: string) {
  await tx.execute(
    `update ${tableOf(kind)} set deleted_at = now(), updated_at = now() where company_id = $1 and id = $2`,
    [tx.companyId, id],
  );
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
      { details: { field: 'externalId' } },
    );
  }
}

/** What is given, as columns: their names and types, and the values as pg takes them. */
function columnsOf<Row extends CompanyObject>(db: CompanyDatabase, { schema }: Kind<Row>, values: object) {
  const given = Object.entries(values).filter(([, value]) => value !== undefined) as [string, unknown][];
  const known = db.source.getMetadata(schema).columns;
  return given.map(([property, value]) => {
    const column = known.find(({ propertyName }) => propertyName === property);
    if (!column) throw new Error(`${schema.options.name} has no ${property}`);
    const isJson = column.type === 'jsonb' && value !== null;
    return {
      name: column.databaseName,
      type: `${String(column.type)}${column.isArray ? '[]' : ''}`,
      value: isJson ? JSON.stringify(value) : value,
    };
  });
}
