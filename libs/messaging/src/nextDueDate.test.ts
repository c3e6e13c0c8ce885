import { addDays, type CalendarDate } from '@muster/core/calendarDate';
import fc from 'fast-check';
import { nextDueDate } from './nextDueDate.ts';
import { resolveSchedule, type Schedule } from './resolveSchedule.ts';
import { type CalendarUnit, type ScheduleFields, type ScheduleType } from './smsCampaign.ts';

const schedule = (scheduleType: ScheduleType, said: Partial<ScheduleFields> = {}): Schedule =>
  resolveSchedule({
    scheduleType,
    scheduleCalendarUnit: null,
    scheduleBaseTier: null,
    scheduleFixedDay: null,
    scheduleEveryOther: null,
    scheduleSelectedSet: [],
    ...said,
  });

/** The first so many dates after the start, or after another date. */
function dueDates(rule: Schedule, { start, after = start, count }: { start: string; after?: string; count: number }) {
  const dates: CalendarDate[] = [];
  for (let date: CalendarDate | undefined = after; date !== undefined && dates.length < count;) {
    date = nextDueDate(rule, { start, after: date });
    if (date !== undefined) dates.push(date);
  }
  return dates;
}
const custom = (
  scheduleCalendarUnit: CalendarUnit,
  [scheduleBaseTier, scheduleFixedDay, scheduleEveryOther]: [number | null, number | null, number],
  scheduleSelectedSet: number[] = [],
) =>
  schedule('Custom', {
    scheduleCalendarUnit,
    scheduleBaseTier,
    scheduleFixedDay,
    scheduleEveryOther,
    scheduleSelectedSet,
  });

describe('a schedule by its usual name', () => {
  it.each<[ScheduleType, Partial<ScheduleFields>, CalendarDate[]]>([
    ['Daily', {}, ['2026-12-30', '2026-12-31', '2027-01-01', '2027-01-02']],
    ['Weekly', {}, ['2026-12-30', '2027-01-06', '2027-01-13']],
    ['Weekly', { scheduleFixedDay: 5 }, ['2026-12-30', '2027-01-01', '2027-01-08']],
    ['Monthly', {}, ['2026-01-30', '2026-02-28', '2026-03-30', '2026-04-30']],
    ['Monthly', { scheduleFixedDay: 31 }, ['2026-01-15', '2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30']],
    ['Monthly', { scheduleFixedDay: 31 }, ['2028-01-31', '2028-02-29', '2028-03-31']],
    ['Monthly', { scheduleFixedDay: 1 }, ['2026-11-01', '2026-12-01', '2027-01-01']],
    [
      'Monthly',
      { scheduleFixedDay: 1, scheduleSelectedSet: [3, 6] },
      ['2026-01-10', '2026-03-01', '2026-06-01', '2027-03-01'],
    ],
    ['Quarterly', {}, ['2026-11-30', '2027-02-28', '2027-05-30', '2027-08-30']],
    [
      'Quarterly',
      { scheduleBaseTier: 1, scheduleFixedDay: 1 },
      ['2026-02-10', '2026-04-01', '2026-07-01', '2026-10-01', '2027-01-01'],
    ],
    [
      'Quarterly',
      { scheduleBaseTier: 5, scheduleFixedDay: 15 },
      ['2026-01-10', '2026-02-15', '2026-05-15', '2026-08-15'],
    ],
    [
      'HalfYearly',
      { scheduleBaseTier: 6, scheduleFixedDay: 30 },
      ['2026-01-01', '2026-06-30', '2026-12-30', '2027-06-30'],
    ],
    ['Yearly', {}, ['2028-02-29', '2029-02-28', '2030-02-28', '2031-02-28', '2032-02-29']],
    ['Yearly', { scheduleBaseTier: 2, scheduleFixedDay: 29 }, ['2026-03-01', '2027-02-28', '2028-02-29', '2029-02-28']],
    ['Yearly', { scheduleEveryOther: 1, scheduleFixedDay: 1 }, ['2026-03-01', '2026-04-01', '2026-05-01']],
    ['Weekly', { scheduleCalendarUnit: 'Month', scheduleFixedDay: 7 }, ['2026-03-01', '2026-03-07', '2026-04-07']],
  ])('is due from its start on its dates: %s %j', (type, said, [start = '', ...dates]) => {
    expect(dueDates(schedule(type, said), { start, count: dates.length })).toEqual(dates);
  });
});

describe('a schedule of its own', () => {
  it.each<[string, Schedule, CalendarDate[]]>([
    ['every tenth day, back from 1 January', custom('Day', [1, 1, 10]), ['2026-01-05', '2026-01-06', '2026-01-16']],
    ['days of the year', custom('Day', [1, 1, 1], [60, 366]), ['2027-12-01', '2028-02-29', '2028-12-31', '2029-03-01']],
    ['day 366 over 2100', custom('Day', [null, null, 1], [366]), ['2093-01-01', '2096-12-31', '2104-12-31']],
    ['a day has no other day', custom('Day', [null, 31, 1]), ['2026-02-27', '2026-02-28', '2026-03-01']],
    [
      'two weeks over a new year',
      custom('Week', [null, 1, 2]),
      ['2026-12-14', '2026-12-28', '2027-01-11', '2027-01-25'],
    ],
    [
      'the same, counted from week 1',
      custom('Week', [1, 1, 2]),
      ['2026-12-16', '2026-12-21', '2027-01-04', '2027-01-18'],
    ],
    ['week 53 only', custom('Week', [null, 7, 1], [53]), ['2026-01-01', '2027-01-03', '2033-01-02']],
    [
      'the week of the ISO year',
      custom('Week', [null, 1, 1], [1]),
      ['2026-01-05', '2027-01-04', '2028-01-03', '2029-01-01', '2029-12-31'],
    ],
    ['beyond the end of the week', custom('Week', [null, 31, 1]), ['2026-01-01', '2026-01-04', '2026-01-11']],
    [
      'every fifth month',
      custom('Month', [12, 31, 5]),
      ['2026-01-01', '2026-02-28', '2026-07-31', '2026-12-31', '2027-05-31'],
    ],
    [
      'every second year to its end',
      custom('Year', [2028, 366, 2]),
      ['2026-05-01', '2026-12-31', '2028-12-31', '2030-12-31'],
    ],
    ['its own day of the year', custom('Year', [null, null, 1]), ['2028-02-29', '2029-03-01', '2030-03-01']],
  ])('is due from its start on its dates: %s', (_, rule, [start = '', ...dates]) => {
    expect(dueDates(rule, { start, count: dates.length })).toEqual(dates);
  });

  it('ends where no selected year is left', () => {
    const rule = custom('Year', [2026, 60, 1], [2027, 2030]);
    expect(dueDates(rule, { start: '2026-01-01', count: 9 })).toEqual(['2027-03-01', '2030-03-01']);
  });

  it('ends with the calendar', () => {
    expect(nextDueDate(schedule('Daily'), { start: '2026-01-01', after: '9999-12-30' })).toBe('9999-12-31');
    expect(nextDueDate(schedule('Daily'), { start: '2026-01-01', after: '9999-12-31' })).toBeUndefined();
  });

  it.each<[string, Schedule]>([
    ['an anchor in the past', custom('Year', [2020, 1, 1])],
    ['a selected month beside the counted ones', custom('Month', [3, 1, 12], [4])],
    ['selected months between the counted ones', custom('Month', [1, 1, 2], [2, 4, 6])],
    ['a day that no year has', custom('Day', [null, null, 1], [367])],
    ['a week that no year has', custom('Week', [54, 1, 1])],
    ['years gone by', custom('Year', [null, 1, 1], [2019, 2025])],
    ['one day of the year, and another', custom('Day', [1, 1, 146_097], [2])],
    ['a distance beyond the calendar', custom('Day', [1, 1, Number.MAX_SAFE_INTEGER], [2])],
    ['a distance beyond all numbers', custom('Month', [1, 1, 1e308], [2])],
    ['no distance', custom('Month', [1, 1, 0])],
    ['a distance backwards', custom('Month', [1, 1, -1])],
    ['a broken distance', custom('Day', [1, 1, 1.5])],
  ])('never comes, and says so: %s', (_, rule) => {
    expect(nextDueDate(rule, { start: '2026-02-01', after: '2026-02-01' })).toBeUndefined();
  });
});

// The rules again, by walking over the days from 1996, a year that begins on a Monday, to 2064.

interface ModelUnit {
  ordinal: number;
  days: CalendarDate[];
}
const MODEL_END = '2063-12-31';
const modelDays: CalendarDate[] = [];
for (let date = '1996-01-01'; date <= '2064-12-31'; date = addDays(date, 1)) modelDays.push(date);

const yearDay = (date: CalendarDate) => (Date.parse(date) - Date.parse(`${date.slice(0, 4)}-01-01`)) / 86_400_000 + 1;
const thursdayOf = (date: CalendarDate) => addDays(date, 4 - (new Date(date).getUTCDay() || 7));
const naming: Record<CalendarUnit, { key: (date: CalendarDate) => string; ordinal: (date: CalendarDate) => number }> = {
  Day: { key: (date) => date, ordinal: yearDay },
  Week: { key: thursdayOf, ordinal: (date) => Math.ceil(yearDay(thursdayOf(date)) / 7) },
  Month: { key: (date) => date.slice(0, 7), ordinal: (date) => Number(date.slice(5, 7)) },
  Year: { key: (date) => date.slice(0, 4), ordinal: (date) => Number(date.slice(0, 4)) },
};

function modelOf(unit: CalendarUnit) {
  const units = new Map<string, ModelUnit>();
  for (const date of modelDays) {
    const key = naming[unit].key(date);
    const known = units.get(key) ?? { ordinal: naming[unit].ordinal(date), days: [] };
    known.days.push(date);
    units.set(key, known);
  }
  const all = [...units.values()];
  return { all, at: new Map(all.flatMap(({ days }, at) => days.map((date) => [date, at] as const))) };
}
const models = { Day: modelOf('Day'), Week: modelOf('Week'), Month: modelOf('Month'), Year: modelOf('Year') };

/** All dates on which a schedule is due, as far as the model goes. */
function modelDates({ unit, everyOther, baseTier, fixedDay, selectedSet }: Schedule, start: CalendarDate) {
  const { all: units, at: indexes } = models[unit];
  const own = indexes.get(start)!;
  const anchor = baseTier === null ? own : units.findIndex(({ ordinal }, at) => at >= own && ordinal === baseTier);
  if (anchor < 0) return [];
  const wanted = fixedDay ?? (units[own]?.days.indexOf(start) ?? 0) + 1;
  return units
    .filter((_, at) => (at - anchor) % everyOther === 0)
    .filter(({ ordinal }) => selectedSet.length === 0 || selectedSet.includes(ordinal))
    .map(({ days }) => days[Math.min(wanted, days.length) - 1]!);
}

const ordinals: Record<CalendarUnit, fc.Arbitrary<number>> = {
  Day: fc.oneof(fc.integer({ min: 1, max: 366 }), fc.constantFrom(1, 59, 60, 365, 366)),
  Week: fc.oneof(fc.integer({ min: 1, max: 53 }), fc.constantFrom(1, 52, 53)),
  Month: fc.integer({ min: 1, max: 12 }),
  Year: fc.integer({ min: 1997, max: 2060 }),
};
const rules = fc.constantFrom<CalendarUnit>('Day', 'Week', 'Month', 'Year').chain((unit) =>
  fc.record<Schedule>({
    unit: fc.constant(unit),
    everyOther: fc.oneof(fc.integer({ min: 1, max: 14 }), fc.constantFrom(1, 1, 2, 3, 12, 26, 52, 365, 1461, 5000)),
    baseTier: fc.option(ordinals[unit]),
    fixedDay: fc.option(fc.oneof(fc.integer({ min: 1, max: 366 }), fc.integer({ min: 1, max: 31 }))),
    selectedSet: fc.oneof(
      fc.constant([]),
      fc.uniqueArray(ordinals[unit], { maxLength: 8 }).map((set) => set.sort((one, other) => one - other)),
    ),
  }),
);
const moments = fc
  .record({ startOffset: fc.integer({ min: 0, max: 5_000 }), afterOffset: fc.integer({ min: -400, max: 8_000 }) })
  .map(({ startOffset, afterOffset }) => {
    const start = addDays('1999-01-01', startOffset);
    return { start, after: addDays(start, afterOffset) };
  });

it('is due when the rules say so, word by word, and skips no date', () => {
  fc.assert(
    fc.property(rules, moments, (rule, { start, after }) => {
      const expected = modelDates(rule, start).find((date) => date > after);
      const date = nextDueDate(rule, { start, after });
      const shown = date !== undefined && date > MODEL_END ? undefined : date;
      expect(shown).toBe(expected !== undefined && expected > MODEL_END ? undefined : expected);
    }),
    { seed: 7, numRuns: 500 },
  );
});

it('goes through the same dates one by one, each after the one before', () => {
  fc.assert(
    fc.property(rules, moments, (rule, { start, after }) => {
      const expected = modelDates(rule, start).filter((date) => date > after && date <= MODEL_END);
      const dates = dueDates(rule, { start, after, count: 40 }).filter((date) => date <= MODEL_END);
      expect(dates).toEqual(expected.slice(0, 40));
    }),
    { seed: 8, numRuns: 100 },
  );
});

it('is strictly after the date it is asked for, whatever else', () => {
  fc.assert(
    fc.property(rules, moments, (rule, { start, after }) => {
      const date = nextDueDate(rule, { start, after });
      expect((date ?? '9999-12-31') > after).toBe(true);
    }),
    { seed: 9, numRuns: 300 },
  );
});
