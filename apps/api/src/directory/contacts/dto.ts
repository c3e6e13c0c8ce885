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
import { nameOfObject } from '../nameOfObject.ts';

const optional = { optional: true } as const;
const clearable = { optional: true, nullable: true } as const;
const part = () => text({ ...clearable, min: 1 });

class ContactAddress {
  @part() addressLine1?: string | null;
  @part() addressLine2?: string | null;
  @part() city?: string | null;
  @part() countyOrRegion?: string | null;
  @part() state?: string | null;
  @part() postalCode?: string | null;
  @part() country?: string | null;
  @part() POBox?: string | null;
}

/** The body of `POST …/contacts`. */
export class CreateContact extends ReadOnlyFields {
  @nameOfObject({ ...optional, description: 'The person of the address: a contact stays with its person' })
  personId?: string | number;
  @part() externalId?: string | null;
  @oneOf(contactTypes) contactType!: ContactType;
  @oneOf(contactLabels, clearable) label?: ContactLabel | null;
  @oneOf(affiliations, optional) affiliation?: Affiliation;
  @oneOf(contactStatuses, optional) status?: ContactStatus;
  @part() name?: string | null;
  @text({ ...clearable, min: 1, description: 'A phone, which is stored as E.164, or an email; needed for both' })
  value?: string | null;
  @nested(() => ContactAddress, { ...clearable, merge: true }) address?: ContactAddress | null;
  @flag(optional) valid?: boolean;
  @flag(optional) verified?: boolean;
  @flag(optional) receiveTextMessages?: boolean;
  @moment(clearable) receiveTextMessagesLastConsentAt?: string | null;
  @flag(optional) authorizedThirdParty?: boolean;
  @flag(optional) powerOfAttorney?: boolean;
  @jsonObject(clearable) phoneDisconnectionDetails?: Record<string, unknown> | null;
}

/** What a contact is asked to become. */
export type ContactBody = Omit<CreateContact, 'contactType'> & { contactType?: ContactType };

/** The body of `PUT`: absent leaves, null clears, in `address` as well. */
export const UpdateContact = partOf(CreateContact) as ClassConstructor<ContactBody>;

/** The address of a list of contacts. */
export class ContactsQuery extends PageQuery {
  @oneOf(contactTypes, optional) contactType?: ContactType;
  @oneOf(affiliations, optional) affiliation?: Affiliation;
  @oneOf(contactLabels, optional) label?: ContactLabel;
  @oneOf(contactStatuses, optional) status?: ContactStatus;
  @flagText({ ...optional, description: 'Archived contacts are left out otherwise, unless `status` asks for them' })
  includeArchived = false;
  @flagText(optional) receiveTextMessages?: boolean;
}
