import { type ContactType } from '@muster/core/contactExporter';
import { type Fault, InvalidInput } from '@muster/core/errors';
import { withoutAbsent } from '@muster/core/withoutAbsent';
import { type ContactRow } from '@muster/db/directory/rows';
import { checkEmail } from '@muster/directory/checkEmail';
import { normalisePhone } from '@muster/directory/normalisePhone';
import { type ContactBody } from './dto.ts';

/**
 * What a contact becomes when `body` is applied to what is stored (nothing, for a new one): its phone as E.164. Throws
 * InvalidInput, which never holds the value itself.
 */
export function settleContact(stored: ContactRow | undefined, body: ContactBody): Partial<ContactRow> {
  const values = valuesOf(body);
  const merged = { ...stored, ...values };
  const { contactType = 'phone' } = merged; // always there: new contacts must have one
  const value = settleValue(stored, { contactType, value: values.value });
  const faults = value.faults.length > 0 ? value.faults : faultsOfPlace(merged);
  if (faults.length > 0) throw new InvalidInput(faults);
  return { ...values, ...(value.phone !== undefined && { value: value.phone }) };
}

interface Given {
  contactType: ContactType;
  value: string | null | undefined;
}

interface Settled {
  faults: Fault[];
  /** As it is to be stored. */
  phone?: string;
}

function settleValue(stored: ContactRow | undefined, { contactType, value }: Given): Settled {
  if (stored && contactType !== stored.contactType && value === undefined) {
    return faulty('required', 'is needed with a new contactType: the value that is stored is of the old one');
  }
  if (contactType === 'address') return { faults: [] };
  const given = value === undefined ? stored?.value : value;
  if (given == null) return faulty('required', `is missing: ${needOf[contactType]}`);
  if (value === undefined || (value === stored?.value && contactType === stored.contactType)) return { faults: [] };
  if (contactType === 'email') {
    const refusal = checkEmail(given);
    return { faults: refusal ? [{ field: 'value', ...refusal }] : [] };
  }
  const { value: phone, refusal } = normalisePhone(given);
  return refusal ? { faults: [{ field: 'value', ...refusal }] } : { faults: [], phone };
}

const needOf: Record<ContactType, string> = {
  phone: 'a phone contact needs its number',
  email: 'an email contact needs its address',
  address: '',
};

/** Without any of these no letter arrives. */
function faultsOfPlace({ contactType, addressLine1, poBox, city, postalCode }: Partial<ContactRow>): Fault[] {
  if (contactType !== 'address' || [addressLine1, poBox, city, postalCode].some((part) => part != null)) return [];
  const message = 'must hold at least one of addressLine1, POBox, city, postalCode: it is the address of a contact';
  return [{ field: 'address', code: 'required', message }];
}

function faulty(code: string, message: string): Settled {
  return { faults: [{ field: 'value', code, message }] };
}

function valuesOf({ address, personId: _, receiveTextMessagesLastConsentAt: consentAt, ...body }: ContactBody) {
  const part = (which: keyof NonNullable<typeof address>) => (address === null ? null : address?.[which]);
  return withoutAbsent({
    externalId: body.externalId,
    contactType: body.contactType,
    label: body.label,
    affiliation: body.affiliation,
    status: body.status,
    name: body.name,
    value: body.value,
    valid: body.valid,
    verified: body.verified,
    receiveTextMessages: body.receiveTextMessages,
    receiveTextMessagesLastConsentAt: typeof consentAt === 'string' ? new Date(consentAt) : consentAt,
    authorizedThirdParty: body.authorizedThirdParty,
    powerOfAttorney: body.powerOfAttorney,
    phoneDisconnectionDetails: body.phoneDisconnectionDetails,
    addressLine1: part('addressLine1'),
    addressLine2: part('addressLine2'),
    city: part('city'),
    countyOrRegion: part('countyOrRegion'),
    state: part('state'),
    postalCode: part('postalCode'),
    country: part('country'),
    poBox: part('POBox'),
  });
}
