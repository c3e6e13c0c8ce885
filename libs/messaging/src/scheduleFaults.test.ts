import { type CalendarUnit } from './smsCampaign.ts';
import { smsErrors, type SmsName } from './smsErrors.ts';
import { readSchedule, type ScheduleDraft, scheduleFaults } from './scheduleFaults.ts';

const monthly: ScheduleDraft = {
  scheduleType: 'Custom',
  scheduleBaseTier: 1,
  scheduleFixedDay: 1,
  scheduleEveryOther: 1,
};
const of = (unit: CalendarUnit, changes: ScheduleDraft = {}): ScheduleDraft => ({
  ...monthly,
  scheduleBaseTier: unit === 'Year' ? 2030 : 1,
  scheduleCalendarUnit: unit,
  ...changes,
});
const pairs = (draft: ScheduleDraft) => scheduleFaults(draft, '2026-03-05').map(({ code, field }) => [code, field]);
const pair = (name: SmsName, field: string) => [smsErrors[name].code, field];

it.each<[CalendarUnit, number]>([
  ['Day', 366],
  ['Week', 53],
  ['Month', 12],
  ['Year', 9999],
])('takes ordinals of the unit %s up to %d', (unit, highest) => {
  expect(pairs(of(unit, { scheduleBaseTier: highest }))).toEqual([]);
  expect(pairs(of(unit, { scheduleSelectedSet: `[${highest}]` }))).toEqual([]);
  const beyond = pair('scheduleOutOfRange', 'scheduleBaseTier');
  expect(pairs(of(unit, { scheduleBaseTier: highest + 1 }))).toEqual([beyond]);
  expect(pairs(of(unit, { scheduleBaseTier: 0 }))).toEqual([beyond]);
  expect(pairs(of(unit, { scheduleBaseTier: 1.5 }))).toEqual([beyond]);
});

it.each<[CalendarUnit, string]>([
  ['Day', '[1,367]'],
  ['Week', '[54]'],
  ['Month', '[13]'],
])('refuses other ordinals of the unit %s in a selected set: %s', (unit, scheduleSelectedSet) => {
  expect(pairs(of(unit, { scheduleSelectedSet }))).toEqual([pair('scheduleOutOfRange', 'scheduleSelectedSet')]);
});

it('knows the unit by the type', () => {
  expect(pairs({ ...monthly, scheduleType: 'Daily', scheduleBaseTier: 200 })).toEqual([]);
  expect(pairs({ ...monthly, scheduleType: 'Weekly', scheduleBaseTier: 54 })).toHaveLength(1);
  expect(pairs({ ...monthly, scheduleType: 'Yearly', scheduleBaseTier: 13 })).toHaveLength(1);
});

it.each([1, 7, 31, 366])(
  'takes the fixed day %d of any unit, since beyond its end it is the last',
  (scheduleFixedDay) => {
    for (const unit of ['Day', 'Week', 'Month', 'Year'] as const)
      expect(pairs(of(unit, { scheduleFixedDay }))).toEqual([]);
  },
);

it.each([0, -1, 367, 1.5])('refuses the fixed day %d', (scheduleFixedDay) => {
  expect(pairs({ ...monthly, scheduleFixedDay })).toEqual([pair('scheduleOutOfRange', 'scheduleFixedDay')]);
});

it.each([0, -1, 0.5])('refuses a distance of %d units', (scheduleEveryOther) => {
  expect(pairs({ ...monthly, scheduleEveryOther })).toEqual([pair('everyOtherTooLow', 'scheduleEveryOther')]);
});

it('refuses a distance that no calendar has', () => {
  expect(pairs({ ...monthly, scheduleEveryOther: 9_999 })).toEqual([]);
  expect(pairs({ ...monthly, scheduleEveryOther: 10_000 })).toEqual([pair('scheduleOutOfRange', 'scheduleEveryOther')]);
});

it.each(['x', '1,2', '[0]', '[1,'])('refuses the selected set %j', (scheduleSelectedSet) => {
  expect(pairs({ ...monthly, scheduleSelectedSet })).toEqual([pair('notSelectedSet', 'scheduleSelectedSet')]);
});

it.each<[string, ScheduleDraft, string]>([
  [
    'a month that is never counted',
    { ...monthly, scheduleEveryOther: 12, scheduleSelectedSet: '[4]' },
    'scheduleSelectedSet',
  ],
  ['a year gone by to count from', of('Year', { scheduleBaseTier: 2025 }), 'scheduleBaseTier'],
  ['years gone by', of('Year', { scheduleSelectedSet: '[2024,2025]' }), 'scheduleSelectedSet'],
  [
    'years between the counted ones',
    of('Year', { scheduleEveryOther: 2, scheduleSelectedSet: '[2029,2031]' }),
    'scheduleSelectedSet',
  ],
  [
    'a day of this year that has gone by',
    of('Year', { scheduleBaseTier: 2026, scheduleSelectedSet: '[2026]' }),
    'scheduleSelectedSet',
  ],
])('refuses %s: it never comes', (_, draft, field) => {
  expect(pairs(draft)).toEqual([pair('scheduleNeverComes', field)]);
});

it('takes a schedule that comes rarely', () => {
  expect(pairs(of('Day', { scheduleSelectedSet: '[366]', scheduleEveryOther: 7 }))).toEqual([]);
  expect(pairs(of('Week', { scheduleSelectedSet: '[53]', scheduleEveryOther: 4 }))).toEqual([]);
});

it('takes selected units where units are counted from the start: it comes for who signs up in one', () => {
  const fromStart = { ...monthly, scheduleBaseTier: null, scheduleEveryOther: 12, scheduleSelectedSet: '[4,6]' };
  expect(pairs(fromStart)).toEqual([]);
});

it('has nothing to say of no schedule', () => {
  expect(pairs({})).toEqual([]);
});

it('reads a schedule as it is stored: what is left out is null', () => {
  expect(readSchedule({ scheduleType: 'Weekly', scheduleSelectedSet: '[2,1]' }).fields).toEqual({
    scheduleType: 'Weekly',
    scheduleCalendarUnit: null,
    scheduleBaseTier: null,
    scheduleFixedDay: null,
    scheduleEveryOther: null,
    scheduleSelectedSet: [1, 2],
  });
});
