import { regF } from '@muster/core/rulePacks/regF';
import { allClocks, clockIn, clockOf, daysAsked, localDays, momentOf } from './clocks.ts';
import { zoneReadings } from './zoneReadings.ts';

const newYork = 'America/New_York';
const isInside = (zone: string, at: string) => clockIn(zone, new Date(at), [regF]).inside[0];
const asked = (over: object = {}) => ({
  ...{ atNoon: true, timeZone: newYork, now: new Date('2026-11-22T17:34:00Z') },
  packs: { packs: [regF] as [typeof regF], ofState: new Map<string, number>() },
  ...over,
});
const [asNamed, asKept] = [zoneReadings('2026f'), zoneReadings('2025c')];

describe('hours', () => {
  it.each([
    ['the millisecond before eight', newYork, '2026-03-04T12:59:59.999Z', false],
    ['eight', newYork, '2026-03-04T13:00:00.000Z', true],
    ['the millisecond before nine in the evening', newYork, '2026-03-05T01:59:59.999Z', true],
    ['nine in the evening', newYork, '2026-03-05T02:00:00.000Z', false],
    ['eight, before the clocks are put forward', newYork, '2026-03-07T13:00:00Z', true],
    ['seven in winter time, eight in summer time, after that night', newYork, '2026-03-08T12:00:00Z', true],
    ['seven in summer time', newYork, '2026-03-08T11:59:59Z', false],
    [
      'eight in summer time, seven in winter time, after the clocks were put back',
      newYork,
      '2026-11-01T12:00:00Z',
      false,
    ],
    ['eight in winter time', newYork, '2026-11-01T13:00:00Z', true],
    ['nine in the evening of that day', newYork, '2026-11-02T02:00:00Z', false],
    ['a zone of half hours, a second before eight', 'Asia/Kolkata', '2026-03-04T02:29:59Z', false],
    ['a zone of half hours, eight', 'Asia/Kolkata', '2026-03-04T02:30:00Z', true],
    ['a zone of quarter hours, eight', 'Asia/Kathmandu', '2026-03-04T02:15:00Z', true],
    ['a zone of quarter hours, a second before', 'Asia/Kathmandu', '2026-03-04T02:14:59Z', false],
    ['St. Johns, nine in the evening', 'America/St_Johns', '2026-03-05T00:30:00Z', false],
    ['a zone that is a day ahead', 'Pacific/Kiritimati', '2026-03-03T18:00:00Z', true],
    ['a zone that nobody knows', 'Mars/Base', '2026-03-04T17:00:00Z', false],
    ['an offset, which is no zone', '+05:00', '2026-03-04T17:00:00Z', false],
  ])('are told at %s', (...[, zone, at, inside]) => {
    expect(isInside(zone, at)).toBe(inside);
  });

  it('begin and end on the day that the zone has', () => {
    const { from, until } = clockIn('Pacific/Kiritimati', new Date('2026-03-04T17:00:00Z'), [regF]);

    expect([...from, ...until]).toEqual([
      '2026-03-04T18:00:00.000Z|2026-03-05T08:00:00+14:00',
      '2026-03-05T07:00:00.000Z|2026-03-05T21:00:00+14:00',
    ]);
  });

  it('are those of the day after the clocks were put forward in the night', () => {
    const { from } = clockIn(newYork, new Date('2026-03-08T17:00:00Z'), [regF]);

    expect(from).toEqual(['2026-03-08T12:00:00.000Z|2026-03-08T08:00:00-04:00']);
  });

  it('of several zones are those that all of them have', () => {
    const at = new Date('2026-03-04T17:00:00Z');
    const zones = ['America/Denver', newYork, 'America/Chicago'].map((zone) => clockIn(zone, at, [regF]));

    expect(allClocks(zones)).toEqual({
      inside: [true],
      from: ['2026-03-04T15:00:00.000Z|2026-03-04T08:00:00-07:00'],
      until: ['2026-03-05T02:00:00.000Z|2026-03-04T21:00:00-05:00'],
    });
  });

  it('are never, where one of the zones is unknown', () => {
    const at = new Date('2026-03-04T17:00:00Z');
    const { inside, from, until } = allClocks([clockIn(newYork, at, [regF]), clockIn('Mars/Base', at, [regF])]);

    expect([...inside, ...from, ...until]).toEqual([false, 'never', '']);
  });
});

describe("the company's noon", () => {
  it.each([
    ['in winter', '2026-03-04T17:34:00Z', '2026-03-04T17:00:00.000Z'],
    ['in summer', '2026-07-04T03:00:00Z', '2026-07-03T16:00:00.000Z'],
    ['on the day of 23 hours', '2026-03-08T05:00:00Z', '2026-03-08T16:00:00.000Z'],
    ['on the day of 25 hours', '2026-11-02T04:59:59Z', '2026-11-01T17:00:00.000Z'],
  ])('is twelve on its own clock, %s', (_when, now, noon) => {
    expect(momentOf({ atNoon: true, now: new Date(now), timeZone: newYork }).toISOString()).toBe(noon);
  });
});

describe('days', () => {
  const span = (since: string, till: string) => ({ since: new Date(since), till: new Date(till) });

  it.each([
    ['an ordinary day of the zone', newYork, span('2026-03-04T05:00Z', '2026-03-05T05:00Z'), ['2026-03-04 0-24']],
    [
      'a day of 23 hours',
      newYork,
      span('2026-03-08T05:00Z', '2026-03-09T04:00Z'),
      ['2026-03-08 0-2', '2026-03-08 3-24'],
    ],
    [
      'a day of 25 hours',
      newYork,
      span('2026-11-01T04:00Z', '2026-11-02T05:00Z'),
      ['2026-11-01 0-2', '2026-11-01 1-24'],
    ],
    [
      'another zone behind',
      'America/Los_Angeles',
      span('2026-03-04T05:00Z', '2026-03-05T05:00Z'),
      ['2026-03-03 21-24', '2026-03-04 0-21'],
    ],
    [
      'another zone ahead, of half hours',
      'Asia/Kolkata',
      span('2026-03-04T05:00Z', '2026-03-05T05:00Z'),
      ['2026-03-04 10.5-24', '2026-03-05 0-10.5'],
    ],
    [
      'three days of a zone',
      'Pacific/Kiritimati',
      span('2026-11-01T04:00Z', '2026-11-02T10:30Z'),
      ['2026-11-01 18-24', '2026-11-02 0-24', '2026-11-03 0-0.5'],
    ],
    // Denver's day ends when New York's clock has just been put back from two to one
    [
      'an end in the hour that comes twice',
      newYork,
      span('2026-10-31T06:00Z', '2026-11-01T06:00Z'),
      ['2026-10-31 2-24', '2026-11-01 0-2'],
    ],
    [
      'a start in the hour that comes twice',
      newYork,
      span('2026-11-01T05:30Z', '2026-11-01T06:15Z'),
      ['2026-11-01 1.5-2', '2026-11-01 1-1.25'],
    ],
    [
      'the last millisecond before it',
      newYork,
      span('2026-11-01T05:59:59.999Z', '2026-11-01T06:00Z'),
      ['2026-11-01 1.999999722-2'],
    ],
    [
      'the hour that is left out',
      newYork,
      span('2026-03-08T06:30Z', '2026-03-08T07:30Z'),
      ['2026-03-08 1.5-2', '2026-03-08 3-3.5'],
    ],
    [
      'one moment',
      newYork,
      span('2026-03-04T17:34:00Z', '2026-03-04T17:34:00.001Z'),
      ['2026-03-04 12.566666667-12.566666944'],
    ],
    [
      'the last moment of a day',
      newYork,
      span('2026-03-05T04:59:59.999Z', '2026-03-05T05:00Z'),
      ['2026-03-04 23.999999722-24'],
    ],
  ])('are told of %s', (...[, zone, asSpan, expected]) => {
    const hours = (hour: number) => String(Number(hour.toFixed(9)));

    expect(localDays(zone, asSpan).map(({ date, since, till }) => `${date} ${hours(since)}-${hours(till)}`)).toEqual(
      expected,
    );
  });

  it.each([
    ['25 hours', newYork, '2026-11-01T17:00:00Z', ['2026-11-01 0-2', '2026-11-01 1-24']],
    ['23 hours', newYork, '2026-03-08T17:00:00Z', ['2026-03-08 0-2', '2026-03-08 3-24']],
    ['23 hours, without a midnight', 'America/Santiago', '2026-09-06T17:00:00Z', ['2026-09-06 1-24']],
  ])('are those of the company, though it has %s', (...[, timeZone, now, expected]) => {
    const days = daysAsked(asked({ timeZone, now: new Date(now) }), [timeZone, 'Mars/Base']);

    expect(days.map(({ zone, date, since, till }) => `${zone} ${date} ${since}-${till}`)).toEqual(
      expected.map((day) => `${timeZone} ${day}`),
    );
  });
});

describe('where the engine may be behind a change of the clocks', () => {
  // 7:30 of Vancouver's winter time, which it no longer has: there it is 8:30
  const at = { atNoon: false, now: new Date('2026-12-01T15:30:00Z') };
  const evening = { atNoon: false, now: new Date('2026-12-02T04:30:00Z') }; // 20:30, there 21:30
  const insideOf = (zone: string, over: object, readings = asKept) => clockOf(asked(over), zone, readings).inside[0];

  it('counts only the hours that both readings have', () => {
    expect(insideOf('America/Vancouver', { ...at, now: new Date('2026-12-01T16:00:00Z') })).toBe(true);
    expect(insideOf('America/Vancouver', at)).toBe(isInside('America/Vancouver', at.now.toISOString()));
    expect(insideOf('America/Vancouver', evening)).toBe(false);
    expect(insideOf('America/Los_Angeles', evening)).toBe(true);
  });

  it('takes a zone by its name alone once the engine knows of the change', () => {
    const clock = clockOf(asked(evening), 'America/Vancouver', asNamed);

    expect(clock).toEqual(clockIn('America/Vancouver', evening.now, [regF]));
  });

  it("reads the company's noon both ways, too", () => {
    const winnipeg = { timeZone: 'America/Winnipeg', now: new Date('2026-12-01T18:00:00Z') };

    // noon in Winnipeg is 17:00 UTC now: seven in Honolulu, where an old engine believes it eight
    expect(insideOf('Pacific/Honolulu', winnipeg)).toBe(false);
    expect(insideOf('America/Anchorage', winnipeg)).toBe(true);
  });

  it("reads the company's day with the clocks that belong to it", () => {
    const vancouver = { timeZone: 'America/Vancouver', now: new Date('2026-12-01T18:00:00Z') };
    const days = daysAsked(asked(vancouver), ['America/Vancouver'], asKept);

    expect(days).toEqual([
      { zone: 'America/Vancouver', date: '2026-12-01', since: 0, till: 24 },
      { zone: 'America/Vancouver', date: '2026-12-01', since: 0, till: 24 },
    ]);
  });

  it("names the days of both readings by the contact's zone", () => {
    const ends = daysAsked(asked({ ...at, atNoon: false }), ['America/Winnipeg', newYork], asKept).map(
      ({ zone, since }) => `${zone} ${since}`,
    );

    expect(new Set(ends)).toEqual(new Set(['America/Winnipeg 9.5', `${newYork} 10.5`, 'America/Winnipeg 10.5']));
  });
});
