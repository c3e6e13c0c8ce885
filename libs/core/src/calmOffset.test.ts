import { addDays } from './calendarDate.ts';
import { calmOffset } from './calmOffset.ts';

const HOUR_MS = 3_600_000;

it('is what a zone is ahead of UTC', () => {
  expect(calmOffset('America/New_York', '2026-01-15')).toBe(-5 * HOUR_MS);
  expect(calmOffset('America/New_York', '2026-07-15')).toBe(-4 * HOUR_MS);
  expect(calmOffset('Asia/Kolkata', '2026-07-15')).toBe(5.5 * HOUR_MS);
});

it.each([
  ['America/New_York', '2026-03-08'],
  ['Europe/Berlin', '2026-10-25'],
  ['Australia/Lord_Howe', '2026-04-04'],
])('is unknown in %s where the clocks change, on %s and the days beside it', (zone, date) => {
  for (const days of [-1, 0, 1]) expect(calmOffset(zone, addDays(date, days))).toBeUndefined();
  for (const days of [-3, 3]) expect(calmOffset(zone, addDays(date, days))).toEqual(expect.any(Number));
});

it('is the same when it is asked again', () => {
  const dates = Array.from({ length: 11_000 }, (_, at) => addDays('2026-01-01', at));
  const all = () => dates.map((date) => calmOffset('UTC', date));
  expect(all()).toEqual(all());
});
