import { validUntil } from './validUntil.ts';

const checkedAt = new Date('2026-03-04T20:45:00Z');
const window = { callFrom: '2026-03-04T08:00:00-05:00', callUntil: '2026-03-04T21:00:00-05:00' };
const until = (verdict: Partial<typeof window>, over: { allowed?: boolean; at?: string; atNoon?: boolean } = {}) =>
  validUntil({
    verdict: { allowed: over.allowed ?? true, callFrom: null, callUntil: null, ...verdict },
    checkedAt: over.at === undefined ? checkedAt : new Date(over.at),
    screeningMaxAgeMinutes: 30,
    checkAtCompanyNoon: over.atNoon ?? false,
    timeZone: 'Africa/Nairobi', // its day ends at 21:00Z
  }).toISOString();

it('is as old as the company lets verdicts grow', () => {
  expect(until(window)).toBe('2026-03-04T21:15:00.000Z');
});

it("ends, as of noon, with the company's day for which it was given", () => {
  expect(until({}, { atNoon: true })).toBe('2026-03-04T21:00:00.000Z');
  expect(until({})).toBe('2026-03-04T21:15:00.000Z');
});

it('ends with the hours of the contact', () => {
  expect(until(window, { at: '2026-03-05T01:45:00Z' })).toBe('2026-03-05T02:00:00.000Z');
});

it('does not mind the hours of whom nobody may contact', () => {
  expect(until(window, { at: '2026-03-05T01:45:00Z', allowed: false })).toBe('2026-03-05T02:15:00.000Z');
});

it.each(['2026-03-05T03:00:00Z', '2026-03-04T12:00:00Z'])(
  'does not mind hours that do not hold for the person: allowed at %s',
  (at) => {
    expect(until(window, { at })).toBe(new Date(Date.parse(at) + 30 * 60_000).toISOString());
  },
);

it('is over at once where noon was allowed and the hours are over', () => {
  expect(until(window, { at: '2026-03-05T03:00:00Z', atNoon: true })).toBe('2026-03-05T03:00:00.000Z');
});

it('is as old as verdicts may grow where the hours cannot be told', () => {
  expect(until({})).toBe('2026-03-04T21:15:00.000Z');
});
