import { affiliations, contactLabels, contactStatuses, contactTypes } from '@muster/core/contactExporter';
import { refuseJsonObject } from '@muster/core/checkJson';
import { checkEmail } from '../checkEmail.ts';
import { normalisePhone } from '../normalisePhone.ts';
import { type CheckedRow } from './checkedRow.ts';
import { positionOf } from './checkRow.ts';
import { flag, instant, json, oneOf, text } from './fieldTypes.ts';
import { keyFields, personFields, value } from './fields.ts';
import { type ImportTable, type Merged } from './importTable.ts';

const addressParts = {
  addressLine1: 'address_line1',
  addressLine2: 'address_line2',
  city: 'city',
  countyOrRegion: 'county_or_region',
  state: 'state',
  postalCode: 'postal_code',
  country: 'country',
  POBox: 'po_box',
};

export const contacts: ImportTable = {
  table: 'contact',
  key: 'key',
  prefix: 'CT',
  ofPerson: true,
  fields: [
    ...keyFields,
    ...personFields,
    value('contactType', oneOf(contactTypes), { required: true }),
    value('label', oneOf(contactLabels)),
    value('affiliation', oneOf(affiliations), { default: `'self'` }),
    value('status', oneOf(contactStatuses), { default: `'primary'` }),
    value('name', text()),
    value('value', text()),
    ...Object.entries(addressParts).map(([part, column]) => value(`address.${part}`, text(), { column })),
    value('valid', flag, { default: 'true' }),
    value('verified', flag, { default: 'false' }),
    value('receiveTextMessages', flag, { default: 'false' }),
    value('receiveTextMessagesLastConsentAt', instant),
    value('authorizedThirdParty', flag, { default: 'false' }),
    value('powerOfAttorney', flag, { default: 'false' }),
    value('phoneDisconnectionDetails', json(refuseJsonObject)),
  ],
  refine: normaliseValue,
  rules: contactRules,
};

const typeAt = positionOf(contacts.fields, 'contactType');
const valueAt = positionOf(contacts.fields, 'value');

// What a value is can only be said with its type; looking up what the contact was would not do: it may change meanwhile.
function normaliseValue({ sql, faults }: CheckedRow, defaultCountry: string) {
  const [type, given] = [sql[typeAt], sql[valueAt]];
  if (given === undefined) return;
  if (type === undefined) {
    faults.push({ field: 'contactType', code: 'required', message: 'is missing: say with a value what it is' });
  } else if (type === 'phone') {
    const { value: phone, refusal } = normalisePhone(given, defaultCountry);
    if (refusal) faults.push({ field: 'value', ...refusal });
    else sql[valueAt] = phone;
  } else if (type === 'email') {
    const refusal = checkEmail(given);
    if (refusal) faults.push({ field: 'value', ...refusal });
  }
}

function contactRules(merged: Merged): [string, string][] {
  const isCalled = `${merged('contact_type')} in ('phone', 'email')`;
  const place = ['address_line1', 'po_box', 'city', 'postal_code'].map(merged).join(', ');
  return [
    [`${isCalled} and ${merged('value')} is null`, 'required value'],
    [`${isCalled} and ${merged('contact_type')} <> t.contact_type and ${merged('value')} = t.value`, 'otherType value'],
    [`${merged('contact_type')} = 'address' and coalesce(${place}) is null`, 'required address'],
  ];
}
