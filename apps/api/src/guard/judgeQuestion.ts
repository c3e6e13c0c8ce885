import { getObject } from '@muster/db/companyObjects';
import { type CompanyRow, readCompany } from '@muster/db/companySettings';
import { type Named } from '@muster/db/directory/findNamed';
import { people } from '@muster/db/directory/kinds';
import { type PersonRow } from '@muster/db/directory/rows';
import { type CompanyDatabase } from '@muster/db/openDatabase';
import { type ContactType, type Theme } from '@muster/core/contactExporter';
import { type InteractionChannel } from '@muster/core/directory';
import { InvalidInput } from '@muster/core/errors';
import { canInteract, type Question, type Verdict } from '@muster/directory/guard/canInteract';
import { contactNamed, loansNamed } from '../directory/namedOfPerson.ts';
import { type CanInteract } from './dto.ts';

/** A question with all that it names, and what our own rules say to it. */
export interface Judged {
  question: Question;
  verdict: Verdict;
  settings: CompanyRow;
  person: PersonRow;
  loans: readonly Named[];
  contact: Named | undefined;
}

export interface Asking {
  /** As the address names the person. */
  person: string;
  body: CanInteract;
  theme: Theme | null;
}

/**
 * Judges a question by our own rules. Throws NotFound for a person, loan or contact that is not there, InvalidInput for a
 * contact that the channel cannot use.
 */
export async function judgeQuestion(
  company: CompanyDatabase,
  { person: reference, body, theme }: Asking,
): Promise<Judged> {
  const person = await getObject(company, people, { reference });
  const owner = { company, personKey: person.key };
  const loans = await loansNamed(owner, body);
  const contact = await contactNamed(owner, body);
  if (contact) await requireFit(company, contact, body);
  const settings = await readCompany(company);
  const { channel, isAutodialed, checkAtCompanyNoon } = body;
  const question: Question = {
    companyId: company.companyId,
    timeZone: settings.timeZone,
    guard: settings,
    now: await company.now(),
    personKey: person.key,
    loanKeys: loans.map(({ key }) => key),
    contactKey: contact?.key ?? null,
    ...{ channel, theme, checkAtCompanyNoon },
    isAutodialed: isAutodialed && channel === 'voice',
  };
  return { question, verdict: await canInteract(company, question), settings, person, loans, contact };
}

const servedBy: Partial<Record<InteractionChannel, ContactType>> = {
  ...{ voice: 'phone', text: 'phone', fax: 'phone', email: 'email', mail: 'address' },
};

/** An e-mail address has no area code that could say what time it is there: it must not answer for a call. */
async function requireFit(company: CompanyDatabase, { key }: Named, { channel, contactExternalId }: CanInteract) {
  const [contact] = await company.query<{ type: ContactType }>(
    'select contact_type as type from contact where key = $1',
    [key],
  );
  const wanted = servedBy[channel];
  if (!contact || wanted === undefined || contact.type === wanted) return;
  const field = contactExternalId === undefined ? 'contactId' : 'contactExternalId';
  const message = `the contact is of type ${contact.type}, and ${channel} needs one of type ${wanted}`;
  throw new InvalidInput([{ field, code: 'notAllowed', message }]);
}
