import { smsErrors } from './smsErrors.ts';

const errors = Object.entries(smsErrors);

it('uses each code once', () => {
  const codes = errors.map(([, { code }]) => code);
  expect(new Set(codes).size).toBe(codes.length);
});

it('counts from 10001 upwards, and keeps the code of a lost payment method that the contract names', () => {
  for (const [, { code }] of errors) expect(code).toMatch(/^10\d{3}$|^100101$/);
  expect([smsErrors.invalidField.code, smsErrors.paymentMethodLost.code]).toEqual(['10001', '100101']);
});

it('names each error in camel case and says what it means in a sentence', () => {
  for (const [name, { meaning }] of errors) {
    expect(name).toMatch(/^[a-z]+([A-Z][a-z]*|\d)*$/);
    expect(meaning).toMatch(/^\S.*\.$/);
  }
});

it('answers with 400, 401 or 404 wherever the contract says how', () => {
  const others = errors.filter(([, { status }]) => status !== null && ![400, 401, 404].includes(status));
  expect(others.map(([name, { status }]) => [name, status])).toEqual([
    ['bodyTooLarge', 413],
    ['forbidden', 403],
    ['tooManyRequests', 429],
    ['unavailable', 503],
    ['internalError', 500],
    ['methodNotAllowed', 405],
  ]);
});
