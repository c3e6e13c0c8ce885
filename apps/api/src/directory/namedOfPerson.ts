import { InvalidInput, NotFound } from '@muster/core/errors';
import { type Kind } from '@muster/db/companyObjects';
import { type CompanyObject } from '@muster/db/defineSchema';
import { findNamed, type GivenName, type Named } from '@muster/db/directory/findNamed';
import { contacts, loans } from '@muster/db/directory/kinds';
import { type CompanyDatabase } from '@muster/db/openDatabase';

/** Whose objects a body may name. */
export interface Owner {
  company: CompanyDatabase;
  personKey: string;
}

/** How a body names loans. */
export interface NamesLoans {
  loanId?: GivenName | null;
  loanIds?: GivenName[] | null;
}

/** How a body names a contact. */
export interface NamesContact {
  contactId?: GivenName | null;
  contactExternalId?: string | null;
}

/** All loans that are named, each once, that of `loanId` first. Throws NotFound `loanNotFound` for one that is not the person's. */
export async function loansNamed(owner: Owner, { loanId, loanIds }: NamesLoans): Promise<Named[]> {
  const others = (loanIds ?? []).map((name, at) => ({ field: `loanIds[${at}]`, name }));
  const found = await requireNamed(owner, loans, [...given('loanId', loanId), ...others]);
  return [...new Map(found.map((loan) => [loan.key, loan])).values()];
}

/**
 * The contact that is named; undefined where none is. Throws NotFound `contactNotFound` for one that is not the person's,
 * InvalidInput where the two names are of two contacts.
 */
export async function contactNamed(
  owner: Owner,
  { contactId, contactExternalId }: NamesContact,
): Promise<Named | undefined> {
  const [byId] = await requireNamed(owner, contacts, given('contactId', contactId));
  if (contactExternalId == null) return byId;
  const [named] = await requireNamed(owner, contacts, given('contactExternalId', contactExternalId));
  // only by that name: a text that is an id names nothing here
  if (named?.externalId !== contactExternalId) throw notFound('contact', 'contactExternalId');
  if (byId && byId.key !== named.key) {
    const message = 'must be the externalId of the contact that contactId names, or be left out';
    throw new InvalidInput([{ field: 'contactExternalId', code: 'otherContact', message }]);
  }
  return named;
}

/** A name, and the field of the body that it stands in. */
interface Given {
  field: string;
  name: GivenName;
}

/** The name that a field gives, if it does. */
export function given(field: string, name: GivenName | null | undefined): Given[] {
  return name == null ? [] : [{ field, name }];
}

/** The person's objects that are named, in the order of the names. Throws NotFound for what is none of them. */
export async function requireNamed<Row extends CompanyObject>(
  { company, personKey }: Owner,
  kind: Kind<Row>,
  wanted: readonly Given[],
): Promise<Named[]> {
  const found = await findNamed(company, kind, { names: wanted.map(({ name }) => name), personKey });
  return found.map((object, at) => {
    if (!object) throw notFound(kind.word, wanted[at]?.field ?? '');
    return object;
  });
}

function notFound(word: string, field: string) {
  return new NotFound(`${word}NotFound`, `${field} names no ${word} of this person`, { details: { field } });
}
