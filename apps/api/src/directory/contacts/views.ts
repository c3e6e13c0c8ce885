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
import { flag, nested, oneOf, text } from '@muster/core/fields';
import { type ContactRow } from '@muster/db/directory/rows';
import { ObjectAnswer } from '../../objectAnswer.ts';

const nullable = { nullable: true } as const;

class AddressAnswer {
  @text(nullable) addressLine1!: string | null;
  @text(nullable) addressLine2!: string | null;
  @text(nullable) city!: string | null;
  @text(nullable) countyOrRegion!: string | null;
  @text(nullable) state!: string | null;
  @text(nullable) postalCode!: string | null;
  @text(nullable) country!: string | null;
  @text(nullable) POBox!: string | null;
}

/** A contact as it is answered. */
export class ContactAnswer extends ObjectAnswer {
  @text({ description: 'The id of the person' }) personId!: string;
  @oneOf(contactTypes) contactType!: ContactType;
  @oneOf(contactLabels, nullable) label!: ContactLabel | null;
  @oneOf(affiliations) affiliation!: Affiliation;
  @oneOf(contactStatuses) status!: ContactStatus;
  @text(nullable) name!: string | null;
  @text({ ...nullable, description: 'A phone as E.164, or an email' }) value!: string | null;
  @nested(() => AddressAnswer, { ...nullable, description: 'Null: nothing of it is known' })
  address!: AddressAnswer | null;
  @flag() valid!: boolean;
  @flag() verified!: boolean;
  @flag() receiveTextMessages!: boolean;
  @moment(nullable) receiveTextMessagesLastConsentAt!: Date | null;
  @flag() authorizedThirdParty!: boolean;
  @flag() powerOfAttorney!: boolean;
  @jsonObject(nullable) phoneDisconnectionDetails!: Record<string, unknown> | null;
}

/** A contact as it is answered. */
export function contactView(row: ContactRow): ContactAnswer {
  return {
    id: row.id,
    object: 'contact',
    companyId: row.companyId,
    externalId: row.externalId,
    personId: row.personId,
    contactType: row.contactType,
    label: row.label,
    affiliation: row.affiliation,
    status: row.status,
    name: row.name,
    value: row.value,
    address: addressView(row),
    valid: row.valid,
    verified: row.verified,
    receiveTextMessages: row.receiveTextMessages,
    receiveTextMessagesLastConsentAt: row.receiveTextMessagesLastConsentAt,
    authorizedThirdParty: row.authorizedThirdParty,
    powerOfAttorney: row.powerOfAttorney,
    phoneDisconnectionDetails: row.phoneDisconnectionDetails,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    deletedAt: row.deletedAt,
  };
}

function addressView(row: ContactRow): AddressAnswer | null {
  const { addressLine1, addressLine2, city, countyOrRegion, state, postalCode, country, poBox } = row;
  const address = { addressLine1, addressLine2, city, countyOrRegion, state, postalCode, country, POBox: poBox };
  return Object.values(address).every((part) => part === null) ? null : address;
}
