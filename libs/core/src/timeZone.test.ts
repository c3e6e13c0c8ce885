import { isTimeZone, refuseTimeZone } from './timeZone.ts';

it.each([
  'America/New_York',
  'america/new_york',
  'US/Pacific',
  'UTC',
  'EST',
  'Etc/GMT+5',
  'America/Argentina/Buenos_Aires',
])('takes %s for a zone', (name) => {
  expect(isTimeZone(name)).toBe(true);
  expect(refuseTimeZone(name)).toBeUndefined();
});

it.each(['', 'Mars/Base', '+05:00', 'America/New York', 'UTC+5', 'Factory', 'America/New_York '])(
  'does not take %j for a zone',
  (name) => {
    expect(isTimeZone(name)).toBe(false);
    expect(refuseTimeZone(name)).toMatchObject({ code: 'unknownTimeZone' });
  },
);

// A run knows the zones of the IANA database alone: who had one of these would be refused by it, and not by a single question.
it.each(['PST', 'pst', 'AST', 'CST', 'BST', 'SystemV/PST8PDT', 'US/Pacific-New', 'Canada/East-Saskatchewan'])(
  'does not take %s, which only some engines know',
  (name) => {
    expect(isTimeZone(name)).toBe(false);
  },
);
