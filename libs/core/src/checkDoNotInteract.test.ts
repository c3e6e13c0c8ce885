import { faultsOfOrder, refuseDaysOfWeek, refuseTimesOfDay } from './checkDoNotInteract.ts';

const span = (fromHour: unknown, toHour: unknown) => ({ fromHour, toHour });

it('takes whole hours from 0 to 24', () => {
  expect(refuseTimesOfDay([span(0, 24), span(8, 9)])).toBeUndefined();
});

it.each<[unknown]>([
  [[]],
  [[span(9, 9)]],
  [[span(21, 8)]],
  [[span(-1, 8)]],
  [[span(8, 25)]],
  [[span(8.5, 9)]],
  [[span('8', 9)]],
  [[{ fromHour: 8 }]],
  [[{ ...span(8, 9), hour: 1 }]],
  [[null]],
  [{}],
  ['8-9'],
  [Array.from({ length: 25 }, () => span(0, 1))],
])('refuses the hours %j', (value) => {
  expect(refuseTimesOfDay(value)).toMatchObject({ code: 'notTimesOfDay' });
});

it('takes days of the week from 0 to 6', () => {
  expect(refuseDaysOfWeek([6, 0, 3])).toBeUndefined();
});

it.each<[unknown]>([[[]], [[7]], [[-1]], [[1, 1]], [['1']], [[1.5]], [3], [{}]])('refuses the days %j', (value) => {
  expect(refuseDaysOfWeek(value)).toMatchObject({ code: 'notDaysOfWeek' });
});

it('refuses an end before the beginning, and takes one at it, or an open one', () => {
  expect(faultsOfOrder('2026-03-02', '2026-03-01', 'endDate')).toMatchObject([
    { field: 'endDate', code: 'endsBeforeStart' },
  ]);
  expect(faultsOfOrder('2026-03-01', '2026-03-01', 'endDate')).toEqual([]);
  expect(faultsOfOrder(null, '2026-03-01', 'endDate')).toEqual([]);
  expect(faultsOfOrder(new Date(2), new Date(1), 'x')).toHaveLength(1);
});
