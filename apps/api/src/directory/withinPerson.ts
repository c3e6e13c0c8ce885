import { NotFound } from '@muster/core/errors';
import { getObject } from '@muster/db/companyObjects';
import { people } from '@muster/db/directory/kinds';
import { type PersonRow } from '@muster/db/directory/rows';
import { type CompanyDatabase } from '@muster/db/openDatabase';

/** The person in the address, and what belongs to a person's rows. Throws NotFound `personNotFound`. */
export async function withinPerson(company: CompanyDatabase, reference: string) {
  const person = await getObject(company, people, { reference });
  return { person, within: { person_key: person.key } };
}

/**
 * A body may say whose its object is, so that what was read can be sent back; but an object stays with its person. Throws
 * NotFound `personNotFound` for any other person, whoever's it is.
 */
export function requireSamePerson({ id, externalId, key }: PersonRow, given: string | number | undefined): void {
  if (given === undefined || [id, externalId, key, Number(key)].includes(given)) return;
  const message = 'personId must name the person of the address, or be left out';
  throw new NotFound('personNotFound', message, { details: { field: 'personId' } });
}
