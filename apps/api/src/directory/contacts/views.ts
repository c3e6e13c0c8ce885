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
import { addressMeanings, contactMeanings as says } from './contactMeanings.ts';

const nullable = { nullable: true } as const;
const part = (name: keyof typeof addressMeanings) => text({ ...nullable, description: addressMeanings[name] });

class AddressAnswer {
  @part('addressLine1') addressLine1!: string | null;
  @part('addressLine2') addressLine2!: string | null;
  @part('city') city!: string | null;
  @part('countyOrRegion') countyOrRegion!: string | null;
  @part('state') state!: string | null;
  @part('postalCode') postalCode!: string | null;
  @part('country') country!: string | null;
  @part('POBox') POBox!: string | null;
}

/** A contact as it is answered. */
export class ContactAnswer extends ObjectAnswer {
  @text({ description: 'The id of the person' }) personId!: string;
  @oneOf(contactTypes, { description: says.contactType }) contactType!: ContactType;
  @oneOf(contactLabels, { ...nullable, description: says.label }) label!: ContactLabel | null;
  @oneOf(affiliations, { description: says.affiliation }) affiliation!: Affiliation;
  @oneOf(contactStatuses, { description: says.status }) status!: ContactStatus;
  @text({ ...nullable, description: says.name }) name!: string | null;
  @text({ ...nullable, description: 'A phone as E.164, or an email' }) value!: string | null;
  @nested(() => AddressAnswer, { ...nullable, description: 'Null: nothing of it is known' })
  address!: AddressAnswer | null;
  @flag({ description: says.valid }) valid!: boolean;
  @flag({ description: says.verified }) verified!: boolean;
  @flag({ description: says.receiveTextMessages }) receiveTextMessages!: boolean;
  @moment({ ...nullable, description: says.receiveTextMessagesLastConsentAt })
  receiveTextMessagesLastConsentAt!: Date | null;
  @flag({ description: says.authorizedThirdParty }) authorizedThirdParty!: boolean;
  @flag({ description: says.powerOfAttorney }) powerOfAttorney!: boolean;
  @jsonObject({ ...nullable, description: says.phoneDisconnectionDetails })
  phoneDisconnectionDetails!: Record<string, unknown> | null;
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
