import { smsCodeOf } from './smsCodeOf.ts';

it.each([
  ['parked', '10068'],
  ['keywordUnknown', '10064'],
  ['gatewayNotSet', '10067'],
  ['10063', '10063'],
  ['100101', '100101'],
])('tells clients of %s by the number %s', (stored, code) => {
  expect(smsCodeOf(stored)).toBe(code);
});

it('tells clients of nothing where nothing went wrong', () => {
  expect(smsCodeOf(null)).toBeNull();
});

it.each(['ECONNRESET', '23505', '57P01', 'toString', '__proto__', ''])(
  'tells clients of %s, which is no word of ours, that it is an error of ours',
  (stored) => {
    expect(smsCodeOf(stored)).toBe('10073');
  },
);
