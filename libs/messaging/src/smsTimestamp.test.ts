import { smsTimestamp } from './smsTimestamp.ts';

it.each([
  ['2026-01-15T12:00:00Z', 'Europe/Copenhagen', '2026-01-15 13:00:00 +0100'],
  ['2026-07-15T12:00:00Z', 'Europe/Copenhagen', '2026-07-15 14:00:00 +0200'],
  ['2026-03-29T00:59:59Z', 'Europe/Copenhagen', '2026-03-29 01:59:59 +0100'],
  ['2026-03-29T01:00:00Z', 'Europe/Copenhagen', '2026-03-29 03:00:00 +0200'],
  ['2026-10-25T00:30:00Z', 'Europe/Copenhagen', '2026-10-25 02:30:00 +0200'],
  ['2026-10-25T01:30:00Z', 'Europe/Copenhagen', '2026-10-25 02:30:00 +0100'],
  ['2026-12-31T23:00:00Z', 'Europe/Copenhagen', '2027-01-01 00:00:00 +0100'],
  ['2026-01-15T12:00:00.999Z', 'Asia/Kolkata', '2026-01-15 17:30:00 +0530'],
  ['2026-01-15T02:00:00Z', 'America/St_Johns', '2026-01-14 22:30:00 -0330'],
  ['2026-01-15T12:00:00Z', 'UTC', '2026-01-15 12:00:00 +0000'],
])('writes %s in %s as %s', (instant, timeZone, expected) => {
  expect(smsTimestamp(new Date(instant), timeZone)).toBe(expected);
});
