import { type EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';
import { defineSchema, json, objectColumns, text } from '../defineSchema.ts';
import { type ContactRow, type DoNotInteractRow, type InteractionRow, type LoanRow, type PersonRow } from './rows.ts';

const day = (name: string): EntitySchemaColumnOptions => ({ name, type: 'date', nullable: true });
const flag = (name: string): EntitySchemaColumnOptions => ({ name, type: 'boolean' });
const moment = (name: string): EntitySchemaColumnOptions => ({
  name,
  type: 'timestamptz',
  precision: 3,
  nullable: true,
});
const texts = (name: string): EntitySchemaColumnOptions => ({ name, type: 'text', array: true, nullable: true });
const key = (name: string): EntitySchemaColumnOptions => ({ name, type: 'bigint', nullable: true });
const ofPerson = { ...objectColumns, personKey: key('person_key') };

export const personSchema = defineSchema<PersonRow>({
  name: 'Person',
  tableName: 'person',
  columns: {
    ...objectColumns,
    key: key('key'),
    borrowerType: text('borrower_type'),
    status: text('status'),
    statusUpdatedAt: moment('status_updated_at'),
    collectionsIntensity: text('collections_intensity'),
    monitorStartDate: day('monitor_start_date'),
    prefix: text('prefix'),
    firstName: text('first_name'),
    middleName: text('middle_name'),
    lastName: text('last_name'),
    maidenLastName: text('maiden_last_name'),
    suffix: text('suffix'),
    preferredFirstName: text('preferred_first_name'),
    dateOfBirth: day('date_of_birth'),
    timeZone: text('time_zone'),
    commPreferences: json('comm_preferences'),
    metaData: json('meta_data'),
  },
});

export const loanSchema = defineSchema<LoanRow>({
  name: 'Loan',
  tableName: 'loan',
  columns: { ...ofPerson, key: key('key'), status: text('status') },
});

export const contactSchema = defineSchema<ContactRow>({
  name: 'Contact',
  tableName: 'contact',
  columns: {
    ...ofPerson,
    key: key('key'),
    contactType: text('contact_type'),
    label: text('label'),
    affiliation: text('affiliation'),
    status: text('status'),
    name: text('name'),
    value: text('value'),
    addressLine1: text('address_line1'),
    addressLine2: text('address_line2'),
    city: text('city'),
    countyOrRegion: text('county_or_region'),
    state: text('state'),
    postalCode: text('postal_code'),
    country: text('country'),
    poBox: text('po_box'),
    valid: flag('valid'),
    verified: flag('verified'),
    receiveTextMessages: flag('receive_text_messages'),
    receiveTextMessagesLastConsentAt: moment('receive_text_messages_last_consent_at'),
    authorizedThirdParty: flag('authorized_third_party'),
    powerOfAttorney: flag('power_of_attorney'),
    phoneDisconnectionDetails: json('phone_disconnection_details'),
  },
});

export const doNotInteractSchema = defineSchema<DoNotInteractRow>({
  name: 'DoNotInteract',
  tableName: 'do_not_interact',
  columns: {
    ...ofPerson,
    caseId: text('case_id'),
    channels: texts('channels'),
    themes: texts('themes'),
    startDate: day('start_date'),
    endDate: day('end_date'),
    daysOfWeek: { name: 'days_of_week', type: 'int', array: true, nullable: true },
    timezone: text('timezone'),
    timesOfDay: json('times_of_day'),
    contactLabels: texts('contact_labels'),
    source: text('source'),
  },
});

export const interactionSchema = defineSchema<InteractionRow>({
  name: 'Interaction',
  tableName: 'interaction',
  columns: {
    ...ofPerson,
    key: key('key'),
    loanKeys: { name: 'loan_keys', type: 'bigint', array: true, nullable: true },
    contactKey: key('contact_key'),
    caseId: text('case_id'),
    channel: text('channel'),
    direction: text('direction'),
    status: text('status'),
    statusDetails: text('status_details'),
    theme: text('theme'),
    subject: text('subject'),
    content: text('content'),
    startedAt: moment('started_at'),
    endedAt: moment('ended_at'),
    details: json('details'),
  },
});

/** The tables of the directory, as TypeORM knows them. */
export const directorySchemas: Record<string, EntitySchema> = {
  person: personSchema as EntitySchema,
  loan: loanSchema as EntitySchema,
  contact: contactSchema as EntitySchema,
  doNotInteract: doNotInteractSchema as EntitySchema,
  interaction: interactionSchema as EntitySchema,
};
