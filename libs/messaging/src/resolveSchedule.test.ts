import { resolveSchedule, unitOf } from './resolveSchedule.ts';
import { type ScheduleFields, scheduleTypes } from './smsCampaign.ts';

const bare: Omit<ScheduleFields, 'scheduleType'> = {
  scheduleCalendarUnit: null,
  scheduleBaseTier: null,
  scheduleFixedDay: null,
  scheduleEveryOther: null,
  scheduleSelectedSet: [],
};

it.each([
  ['Daily', 'Day', 1],
  ['Weekly', 'Week', 1],
  ['Monthly', 'Month', 1],
  ['Quarterly', 'Month', 3],
  ['HalfYearly', 'Month', 6],
  ['Yearly', 'Month', 12],
  ['Custom', 'Month', 1],
] as const)('reads %s as each %s times %d', (scheduleType, unit, everyOther) => {
  expect(resolveSchedule({ ...bare, scheduleType })).toEqual({
    unit,
    everyOther,
    baseTier: null,
    fixedDay: null,
    selectedSet: [],
  });
});

it.each(scheduleTypes)('lets what is said beside %s win', (scheduleType) => {
  const said = { scheduleCalendarUnit: 'Year', scheduleBaseTier: 2030, scheduleFixedDay: 5 } as const;
  expect(resolveSchedule({ scheduleType, ...said, scheduleEveryOther: 2, scheduleSelectedSet: [2034, 2030] })).toEqual({
    unit: 'Year',
    everyOther: 2,
    baseTier: 2030,
    fixedDay: 5,
    selectedSet: [2030, 2034],
  });
});

it('fills in each field by itself', () => {
  expect(resolveSchedule({ ...bare, scheduleType: 'Quarterly', scheduleCalendarUnit: 'Week' })).toMatchObject({
    unit: 'Week',
    everyOther: 3,
  });
  expect(resolveSchedule({ ...bare, scheduleType: 'Weekly', scheduleEveryOther: 4 })).toMatchObject({
    unit: 'Week',
    everyOther: 4,
  });
});

it('puts the selected set into its order, each ordinal once, and leaves what it was given', () => {
  const given = [12, 3, 12, 1];
  expect(resolveSchedule({ ...bare, scheduleType: 'Monthly', scheduleSelectedSet: given }).selectedSet).toEqual([
    1, 3, 12,
  ]);
  expect(given).toEqual([12, 3, 12, 1]);
});

it('counts in months where nobody has said otherwise', () => {
  expect(unitOf({})).toBe('Month');
  expect(unitOf({ scheduleType: 'Daily', scheduleCalendarUnit: null })).toBe('Day');
  expect(unitOf({ scheduleType: 'Daily', scheduleCalendarUnit: 'Year' })).toBe('Year');
});
