import {
  affiliations,
  type Affiliation,
  contactLabels,
  type ContactLabel,
  contactStatuses,
  type ContactStatus,
  contactTypes,
  type ContactType,
} from '@muster/core/contactExporter';
import { jsonObject, moment } from '@muster/core/directoryFields';
import { flag, flagText, nested, oneOf, partOf, text } from '@muster/core/fields';
import { type ClassConstructor } from '@muster/core/validation';
import { PageQuery } from '../../queries.ts';
import { ReadOnlyFields } from '../../readOnlyFields.ts';
import { externalIdField } from '../externalIdField.ts';
import { nameOfObject } from '../nameOfObject.ts';
import { addressMeanings, contactMeanings as says } from './contactMeanings.ts';

const optional = { optional: true } as const;
const clearable = { optional: true, nullable: true } as const;
const part = (name: keyof typeof addressMeanings) => text({ ...clearable, min: 1, description: addressMeanings[name] });

class ContactAddress {
  @part('addressLine1') addressLine1?: string | null;
  @part('addressLine2') addressLine2?: string | null;
  @part('city') city?: string | null;
  @part('countyOrRegion') countyOrRegion?: string | null;
  @part('state') state?: string | null;
  @part('postalCode') postalCode?: string | null;
  @part('country') country?: string | null;
  @part('POBox') POBox?: string | null;
}

/** The body of `POST …/contacts`. */
export class CreateContact extends ReadOnlyFields {
  @nameOfObject({ ...optional, description: 'The person of the address: a contact stays with its person' })
  personId?: string | number;
  @externalIdField() externalId?: string | null;
  @oneOf(contactTypes, { description: says.contactType }) contactType!: ContactType;
  @oneOf(contactLabels, { ...clearable, description: says.label }) label?: ContactLabel | null;
  @oneOf(affiliations, { ...optional, description: says.affiliation }) affiliation?: Affiliation;
  @oneOf(contactStatuses, { ...optional, description: says.status }) status?: ContactStatus;
  @text({ ...clearable, min: 1, description: says.name }) name?: string | null;
  @text({ ...clearable, min: 1, description: 'A phone, which is stored as E.164, or an email; needed for both' })
  value?: string | null;
  @nested(() => ContactAddress, {
    ...clearable,
    merge: true,
    description: 'Of an address: at least one of addressLine1, POBox, city, postalCode',
  })
  address?: ContactAddress | null;
  @flag({ ...optional, description: says.valid }) valid?: boolean;
  @flag({ ...optional, description: says.verified }) verified?: boolean;
  @flag({ ...optional, description: says.receiveTextMessages }) receiveTextMessages?: boolean;
  @moment({ ...clearable, description: says.receiveTextMessagesLastConsentAt })
  receiveTextMessagesLastConsentAt?: string | null;
  @flag({ ...optional, description: says.authorizedThirdParty }) authorizedThirdParty?: boolean;
  @flag({ ...optional, description: says.powerOfAttorney }) powerOfAttorney?: boolean;
  @jsonObject({ ...clearable, description: says.phoneDisconnectionDetails })
  phoneDisconnectionDetails?: Record<string, unknown> | null;
}

/** What a contact is asked to become. */
export type ContactBody = Omit<CreateContact, 'contactType'> & { contactType?: ContactType };

/** The body of `PUT`: absent leaves, null clears, in `address` as well. */
export const UpdateContact = partOf(CreateContact) as ClassConstructor<ContactBody>;

/** The address of a list of contacts. */
export class ContactsQuery extends PageQuery {
  @oneOf(contactTypes, { ...optional, description: 'Only such contacts' }) contactType?: ContactType;
  @oneOf(affiliations, { ...optional, description: 'Only such contacts' }) affiliation?: Affiliation;
  @oneOf(contactLabels, { ...optional, description: 'Only such contacts' }) label?: ContactLabel;
  @oneOf(contactStatuses, { ...optional, description: 'Only such contacts' }) status?: ContactStatus;
  @flagText({ ...optional, description: 'Archived contacts are left out otherwise, unless `status` asks for them' })
  includeArchived = false;
  @flagText({ ...optional, description: 'Only such contacts' }) receiveTextMessages?: boolean;
}
