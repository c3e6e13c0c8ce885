import { type Database } from '@muster/core/database';
import { NotFound } from '@muster/core/errors';
import { type CompanyDatabase } from './openDatabase.ts';

export interface NewCompany {
  name: string;
  /** IANA: `America/New_York`. */
  timeZone: string;
}

/** Makes a company; gives its id. */
export async function insertCompany(db: Database, { name, timeZone }: NewCompany): Promise<string> {
  const [row] = await db.query<{ id: string }>('insert into company (name, time_zone) values ($1, $2) returning id', [
    name,
    timeZone,
  ]);
  if (!row) throw new Error('the company was not inserted');
  return row.id;
}

/**
 * Whether a company lets nobody be contacted unscreened; it stays so for the rest of the transaction. Throws NotFound
 * `companyNotFound`.
 */
export async function requiresScreening(db: CompanyDatabase): Promise<boolean> {
  const [row] = await db.query<{ required: boolean }>(
    'select require_screening as required from company where id = $1 for share',
    [db.companyId],
  );
  if (!row) throw new NotFound('companyNotFound', `there is no company ${db.companyId}`);
  return row.required;
}

/** Keeps the company's settings from being changed for the rest of the transaction. */
export async function holdSettings(tx: CompanyDatabase): Promise<void> {
  await tx.execute('select 1 from company where id = $1 for share', [tx.companyId]);
}
