import { date, json, oneOf, text, timeZone } from './fieldTypes.ts';
import { keyFields, personFields, value } from './fields.ts';
import { type ImportTable } from './importTable.ts';
import { refuseMetaData } from './refuseJson.ts';

const nameParts = ['prefix', 'firstName', 'middleName', 'lastName', 'maidenLastName', 'suffix', 'preferredFirstName'];

export const people: ImportTable = {
  table: 'person',
  key: 'key',
  prefix: 'BO',
  hasDisplayId: true,
  ofPerson: false,
  fields: [
    ...keyFields,
    value('borrowerType', oneOf(['person', 'business']), { default: `'person'` }),
    value('status', oneOf(['active', 'inactive']), { default: `'active'` }),
    value('collectionsIntensity', oneOf(['light', 'normal', 'heavy']), { default: `'normal'` }),
    value('monitorStartDate', date),
    ...nameParts.map((part) => ({ ...value(part, text()), name: `name.${part}` })),
    value('dateOfBirth', date),
    value('timeZone', timeZone),
    value(
      'commPreferences',
      json(() => undefined),
    ),
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
  fields: [
    ...keyFields,
    ...personFields,
    value('status', oneOf(['active', 'paidOff', 'chargedOff', 'closed']), { default: `'active'` }),
  ],
};

const consentNames = [
  'electronicComms',
  'contactPersonWork',
  'contactPersonRepByAttorney',
  'contactPersonUnusualTime',
  'autodialedColl',
];

/** One row a person and name; what a person's file does not name stays as it is. */
export const consents: ImportTable = {
  table: 'consent',
  key: 'person_key',
  ofPerson: true,
  fields: [
    ...personFields,
    value('name', oneOf(consentNames), { required: true }),
    value('status', oneOf(['consented', 'revoked']), { required: true }),
  ],
};
