import { type ExportableField } from '@muster/core/contactExporter';
import { guardFormula, phoneNumber, phoneOrNumber } from './formulaGuard.ts';

const free = (column: string) => guardFormula(column);

/**
 * SQL for each field, in the text that the file prints: r is the row, c the contact, p the person, l the loan. Free text
 * is guarded; ids, numbers, dates and what we enumerate cannot start a formula.
 */
export const exportFields: Record<Exclude<ExportableField, `run.${string}` | `screening.${string}`>, string> = {
  'contact.id': 'c.id',
  'contact.externalId': free('c.external_id'),
  'contact.value': guardFormula('c.value', phoneNumber),
  'contact.name': free('c.name'),
  'contact.contactType': 'c.contact_type',
  'contact.label': 'c.label',
  'contact.affiliation': 'c.affiliation',
  'contact.status': 'c.status',
  'contact.valid': 'c.valid::text',
  'contact.verified': 'c.verified::text',
  'contact.receiveTextMessages': 'c.receive_text_messages::text',
  'contact.address.addressLine1': free('c.address_line1'),
  'contact.address.addressLine2': free('c.address_line2'),
  'contact.address.city': free('c.city'),
  'contact.address.state': free('c.state'),
  'contact.address.postalCode': free('c.postal_code'),
  'contact.address.country': free('c.country'),
  'person.id': 'p.id',
  'person.displayId': 'r.person_key',
  'person.externalId': free('p.external_id'),
  'person.name.firstName': free('p.first_name'),
  'person.name.middleName': free('p.middle_name'),
  'person.name.lastName': free('p.last_name'),
  'person.name.preferredFirstName': free('p.preferred_first_name'),
  'person.dateOfBirth': `to_char(p.date_of_birth, 'YYYY-MM-DD')`,
  'person.status': 'p.status',
  'person.collectionsIntensity': 'p.collections_intensity',
  'person.timeZone': free('p.time_zone'),
  'loan.id': 'l.id',
  'loan.displayId': 'r.loan_key',
  'loan.externalId': free('l.external_id'),
  'loan.status': 'l.status',
};

/** SQL for a column of the query: numbers stay as they came, also below zero; other text is guarded. */
export function queryField(position: number): string {
  return guardFormula(`q.c${position + 1}`, phoneOrNumber);
}
