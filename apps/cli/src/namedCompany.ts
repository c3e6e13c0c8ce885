import { type Database } from '@muster/core/database';
import { NotFound } from '@muster/core/errors';
import { pattern } from '@muster/core/fields';
import { findRateLimits } from '@muster/db/apiKeys';

/** An option that names a company. */
export const companyId = () => pattern(/^CP-[A-Z0-9]+-[A-Z0-9]+$/, { message: 'must be the id of a company: CP-…' });

/** Throws NotFound `companyNotFound`. */
export async function requireCompany(db: Database, id: string) {
  if ((await findRateLimits(db, id)) === undefined) throw new NotFound('companyNotFound', `there is no company ${id}`);
}
