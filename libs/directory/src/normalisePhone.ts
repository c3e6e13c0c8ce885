import { type CountryCode, ParseError, type PhoneNumber, parsePhoneNumberWithError } from 'libphonenumber-js/min';
import { type Refusal } from '@muster/core/fields';

/** A phone as it is stored, or why the text is none. Exactly one of the two is there. */
export type NormalisedPhone = { value: string; refusal?: undefined } | { value?: undefined; refusal: Refusal };

/** The forms that Americans write, and E.164: what lies between the digits says nothing. */
const AMERICAN = /^(\+?1[ .-]?)?\(?([2-9]\d\d)\)?[ .-]?(\d{3})[ .-]?(\d{4})$/;

// Whether a North American number is one depends on its first six digits only, and to ask the library takes 35 µs:
// each six digits are asked about once. 0: not yet, 1: no, 2: yes.
const askedPrefixes = new Uint8Array(1_000_000);
const NO = 1;
const YES = 2;

/**
 * A phone as E.164 (`+14155551234`), read as someone in `defaultCountry` would dial it where it names no country.
 * Never throws: what is no number, or has an extension, which E.164 cannot hold, is refused with a reason.
 */
export function normalisePhone(text: string, defaultCountry = 'US'): NormalisedPhone {
  const given = text.trim();
  const american = AMERICAN.exec(given);
  if (!american || (defaultCountry !== 'US' && !given.startsWith('+1'))) return ask(given, defaultCountry);
  const [, , area = '', exchange = '', line = ''] = american;
  const value = `+1${area}${exchange}${line}`;
  const prefix = Number(area + exchange);
  if (askedPrefixes[prefix] === 0) askedPrefixes[prefix] = ask(value, 'US').value === undefined ? NO : YES;
  return askedPrefixes[prefix] === YES ? { value } : { refusal: refusals.INVALID };
}

function ask(given: string, defaultCountry: string): NormalisedPhone {
  const phone = parse(given, defaultCountry as CountryCode);
  if (typeof phone === 'string') return { refusal: refusals[phone] };
  if (phone.ext) return { refusal: refusals.EXTENSION };
  return phone.isValid() ? { value: phone.number } : { refusal: refusals.INVALID };
}

function parse(given: string, defaultCountry: CountryCode): PhoneNumber | keyof typeof refusals {
  try {
    return parsePhoneNumberWithError(given, { defaultCountry, extract: false });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return error.message in refusals ? (error.message as keyof typeof refusals) : 'NOT_A_NUMBER';
  }
}

// Named as the library names them.
const refusals = {
  NOT_A_NUMBER: { code: 'notAPhone', message: 'is no phone number: write it as +14155551234' },
  INVALID_COUNTRY: { code: 'phoneCountryUnknown', message: 'begins with no known country code' },
  TOO_SHORT: { code: 'phoneTooShort', message: 'is too short for a phone number' },
  TOO_LONG: { code: 'phoneTooLong', message: 'is too long for a phone number' },
  INVALID: { code: 'phoneInvalid', message: 'is no number that its country gives out' },
  EXTENSION: { code: 'phoneExtension', message: 'has an extension, which cannot be dialled: leave it out' },
};
