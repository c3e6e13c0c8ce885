import { refuseJsonObject, refuseMetaData } from '@muster/core/checkJson';
import {
  borrowerTypes,
  collectionsIntensities,
  consentNames,
  consentStatuses,
  loanStatuses,
  personStatuses,
} from '@muster/core/directory';
import { date, json, oneOf, text, timeZone } from './fieldTypes.ts';
import { keyFields, personFields, value } from './fields.ts';
import { type ImportTable } from './importTable.ts';

const nameParts = ['prefix', 'firstName', 'middleName', 'lastName', 'maidenLastName', 'suffix', 'preferredFirstName'];

export const people: ImportTable = {
  table: 'person',
  key: 'key',
  prefix: 'BO',
  hasDisplayId: true,
  ofPerson: false,
  fields: [
    ...keyFields,
    value('borrowerType', oneOf(borrowerTypes), { default: `'person'` }),
    value('status', oneOf(personStatuses), { default: `'active'` }),
    value('collectionsIntensity', oneOf(collectionsIntensities), { default: `'normal'` }),
    value('monitorStartDate', date),
    ...nameParts.map((part) => ({ ...value(part, text()), name: `name.${part}` })),
    value('dateOfBirth', date),
    value('timeZone', timeZone),
    value('commPreferences', json(refuseJsonObject)),
    value('metaData', json(refuseMetaData)),
  ],
  touches: (merged) => [
    ['status_updated_at', `case when ${merged('status')} <> t.status then now() else t.status_updated_at end`],
  ],
};

export const loans: ImportTable = {
  table: 'loan',
  key: 'key',
  prefix: 'LN',
  hasDisplayId: true,
  ofPerson: true,
  fields: [...keyFields, ...personFields, value('status', oneOf(loanStatuses), { default: `'active'` })],
};

/** One row a person and name; what a person's file does not name stays as it is. */
export const consents: ImportTable = {
  table: 'consent',
  key: 'person_key',
  ofPerson: true,
  fields: [
    ...personFields,
    value('name', oneOf(consentNames), { required: true }),
    value('status', oneOf(consentStatuses), { required: true }),
  ],
};
