import { InvalidInput, NotFound } from '@muster/core/errors';
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
export function requireSamePerson(person: PersonRow, given: unknown): void {
  if (given === undefined || [person.id, person.externalId, person.key, Number(person.key)].includes(given as string))
    return;
  if (given === null) {
    throw new InvalidInput([{ field: 'personId', code: 'required', message: 'cannot be cleared: leave it out' }]);
  }
  const message = 'personId must name the person of the address, or be left out';
  throw new NotFound('personNotFound', message, { details: { field: 'personId' } });
}
