import { type CalendarDate } from '@muster/core/calendarDate';
import { calendarUnits, dateOf, dayOf } from './calendarUnits.ts';

/** Every day around 1970, 2000, which is a leap year, and 2100, which is none. */
const DAYS = [...span('1968-01-01', 13_500), ...span('2096-01-01', 3_300)];
function span(from: CalendarDate, count: number) {
  return Array.from({ length: count }, (_, day) => Date.parse(from) / 86_400_000 + day);
}
const isoOf = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10);

const at = (unit: keyof typeof calendarUnits, date: CalendarDate) => {
  const { indexOf, runOf, firstDayOf } = calendarUnits[unit];
  const index = indexOf(dayOf(date));
  const { first, count } = runOf(index);
  return { ordinal: index - first + 1, of: count, from: dateOf(firstDayOf(index)) };
};

it('counts days as the engine does, there and back', () => {
  expect(DAYS.filter((day) => dateOf(day) !== isoOf(day) || dayOf(isoOf(day)) !== day)).toEqual([]);
});

it.each(['Day', 'Week', 'Month', 'Year'] as const)('puts each day into one %s, without a gap', (unit) => {
  const { indexOf, firstDayOf, runOf } = calendarUnits[unit];
  const strays = DAYS.filter((day) => {
    const index = indexOf(day);
    const { first, count } = runOf(index);
    const isWithin = firstDayOf(index) <= day && day < firstDayOf(index + 1);
    const isInRun = first <= index && index < first + count && runOf(first + count - 1).first === first;
    return !isWithin || !isInRun || (unit !== 'Year' && runOf(first + count).first !== first + count);
  });
  expect(strays).toEqual([]);
});

it.each([
  ['Day', '2026-01-01', { ordinal: 1, of: 365, from: '2026-01-01' }],
  ['Day', '2028-12-31', { ordinal: 366, of: 366, from: '2028-12-31' }],
  ['Day', '2100-03-01', { ordinal: 60, of: 365, from: '2100-03-01' }],
  ['Day', '2000-03-01', { ordinal: 61, of: 366, from: '2000-03-01' }],
  ['Week', '2026-01-01', { ordinal: 1, of: 53, from: '2025-12-29' }],
  ['Week', '2027-01-03', { ordinal: 53, of: 53, from: '2026-12-28' }],
  ['Week', '2027-01-04', { ordinal: 1, of: 52, from: '2027-01-04' }],
  ['Week', '2023-01-01', { ordinal: 52, of: 52, from: '2022-12-26' }],
  ['Week', '2024-12-30', { ordinal: 1, of: 52, from: '2024-12-30' }],
  ['Month', '2026-12-31', { ordinal: 12, of: 12, from: '2026-12-01' }],
  ['Year', '2026-06-30', { ordinal: 2026, of: 9999, from: '2026-01-01' }],
] as const)('numbers the %s of %s as the contract does', (unit, date, expected) => {
  expect(at(unit, date)).toEqual(expected);
});

it('knows no date beyond the year 9999', () => {
  expect(dateOf(dayOf('9999-12-31'))).toBe('9999-12-31');
  expect(dateOf(dayOf('9999-12-31') + 1)).toBeUndefined();
  expect(dateOf(NaN)).toBeUndefined();
});
