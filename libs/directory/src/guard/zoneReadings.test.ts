import { localTime } from '@muster/core/localTime';
import { isTimeZone } from '@muster/core/timeZone';
import { rereadZones, zoneReadings } from './zoneReadings.ts';

it.each(['2025c', '2026a', '2026e', undefined, '', 'unknown'])('reads zones twice where the data are %s', (data) => {
  expect(zoneReadings(data)).toHaveLength(2);
});

it.each(['2026f', '2026g', '2027a'])('reads zones once where the data are %s', (data) => {
  expect(zoneReadings(data).map((read) => read('America/Vancouver'))).toEqual(['America/Vancouver']);
});

it.each([
  ['America/Vancouver', 'America/Fort_Nelson', '-07:00'],
  ['america/VANCOUVER', 'America/Fort_Nelson', '-07:00'],
  ['America/Edmonton', 'America/Regina', '-06:00'],
  ['America/Inuvik', 'America/Regina', '-06:00'],
  ['America/Winnipeg', 'America/Atikokan', '-05:00'],
  ['America/Havana', 'America/Puerto_Rico', '-04:00'],
  ['Africa/Casablanca', 'Africa/Abidjan', '+00:00'],
])('reads %s as %s, too, which shows %s', (zone, steady, offset) => {
  expect(zoneReadings('2025c').map((read) => read(zone))).toEqual([zone, steady]);
  expect(localTime(new Date('2027-01-15T12:00:00Z'), steady).slice(-6)).toBe(offset);
});

it('leaves all other zones as they are', () => {
  expect(zoneReadings('2025c').map((read) => read('America/Los_Angeles'))).toEqual([
    'America/Los_Angeles',
    'America/Los_Angeles',
  ]);
});

it.each(rereadZones())(
  'has for %s a zone that the engine knows, %s, and that never turns its clocks',
  (zone, steady) => {
    const months = Array.from({ length: 24 }, (_, month) => new Date(Date.UTC(2026, month, 15)));

    expect([zone, steady].filter((name) => !isTimeZone(name))).toEqual([]);
    expect(new Set(months.map((month) => localTime(month, steady).slice(-6))).size).toBe(1);
  },
);

// What an engine says of itself and what it shows must agree, or the table would be dropped too soon.
it('reads zones once only where the engine shows the new time itself', () => {
  const winter = new Date('2027-01-15T12:00:00Z');
  const shown = zoneReadings().map((read) => localTime(winter, read('America/Vancouver')).slice(-6));

  expect(shown.at(-1)).toBe('-07:00');
});
