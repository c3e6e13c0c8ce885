import fc from 'fast-check';
import { parsePhoneNumberWithError } from 'libphonenumber-js/min';
import { normalisePhone } from './normalisePhone.ts';

it.each([
  ['+14155551234', '+14155551234'],
  ['(415) 555-1234', '+14155551234'],
  ['415.555.1234', '+14155551234'],
  ['1 415 555 1234', '+14155551234'],
  [' 4155551234 ', '+14155551234'],
  ['+44 7911 123456', '+447911123456'],
  ['011 44 7911 123456', '+447911123456'],
  ['+49 (0)151 12345678', '+4915112345678'],
])('stores %s as %s', (text, value) => {
  expect(normalisePhone(text)).toEqual({ value });
});

it.each([
  ['', 'notAPhone'],
  ['ask Robin', 'notAPhone'],
  ['call 415-555-1234', 'notAPhone'],
  ['4', 'phoneTooShort'],
  ['+999 123 4567', 'phoneCountryUnknown'],
  [`+49${'1'.repeat(30)}`, 'phoneTooLong'],
  ['5551234', 'phoneInvalid'],
  ['+10005551234', 'phoneInvalid'],
  ['+12995551234', 'phoneInvalid'],
  ['+14155551234 ext. 5', 'phoneExtension'],
])('refuses %s as %s', (text, code) => {
  expect(normalisePhone(text)).toMatchObject({ refusal: { code } });
});

it('refuses a text without end', () => {
  expect(normalisePhone('1'.repeat(1_000_000))).toMatchObject({ refusal: { code: 'phoneTooLong' } });
});

it('reads a number without a country as one of the default country', () => {
  expect(normalisePhone('020 7946 0018', 'GB')).toEqual({ value: '+442079460018' });
  expect(normalisePhone('415 555 1234', 'GB')).toMatchObject({ refusal: { code: 'phoneInvalid' } });
  expect(normalisePhone('+1 415 555 1234', 'GB')).toEqual({ value: '+14155551234' });
});

it('says of every American number what the library says, asked in full', () => {
  const digits = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`));
  const gap = fc.constantFrom('', ' ', '.', '-');
  const written = fc.tuple(
    fc.constantFrom('', '+1', '1', '+1 ', '1-'),
    fc.tuple(fc.constantFrom('', '('), digits(3), fc.constantFrom('', ')')),
    ...[gap, digits(3), gap, digits(4)],
  );
  fc.assert(
    fc.property(written, (parts) => {
      const text = parts.flat().join('');
      expect(normalisePhone(text).value).toBe(askLibrary(text));
    }),
    { seed: 3, numRuns: 3_000 },
  );
});

function askLibrary(text: string) {
  try {
    const phone = parsePhoneNumberWithError(text, { defaultCountry: 'US', extract: false });
    return phone.isValid() ? phone.number : undefined;
  } catch {
    return undefined;
  }
}
