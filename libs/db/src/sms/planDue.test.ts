import { type DueSubscription, planDue } from './planDue.ts';

const monthly: DueSubscription = {
  startDate: '2031-01-31',
  schedule: {
    ...{ scheduleType: 'Monthly', scheduleCalendarUnit: null, scheduleBaseTier: null, scheduleFixedDay: null },
    ...{ scheduleEveryOther: null, scheduleSelectedSet: [] },
  },
  timeZone: 'Europe/Copenhagen',
  ...{ nextDueDate: '2031-02-28', expiresAfterDate: null, isPursued: false, isOpen: false, chargedAt: null },
};
const statesOf = (change: Partial<DueSubscription>, now: string) =>
  planDue({ ...monthly, ...change }, new Date(now)).slots.map(({ date, state }) => `${date} ${state}`);

it('charges the date that has come, at ten o’clock by the wall, and says when the next one is', () => {
  expect(planDue(monthly, new Date('2031-02-28T09:00:05Z'))).toEqual({
    slots: [{ date: '2031-02-28', at: new Date('2031-02-28T09:00:00Z'), state: 'due' }],
    ...{ nextDate: '2031-03-31', lookAt: new Date('2031-03-31T08:00:00Z'), isExpired: false }, // summer time by then
  });
});

it.each<[string, Partial<DueSubscription>, { at: string; slots: string[] }]>([
  [
    'the latest of several',
    {},
    { at: '2031-04-30T08:00:00Z', slots: ['2031-02-28 missed', '2031-03-31 missed', '2031-04-30 due'] },
  ],
  [
    'not the one whose hour has not come',
    {},
    { at: '2031-04-30T07:59:59Z', slots: ['2031-02-28 missed', '2031-03-31 due'] },
  ],
  [
    'none while one is pursued',
    { isPursued: true },
    { at: '2031-03-31T08:00:00Z', slots: ['2031-02-28 pursued', '2031-03-31 pursued'] },
  ],
  ['none while one is asked for', { isOpen: true }, { at: '2031-02-28T09:00:00Z', slots: ['2031-02-28 missed'] }],
  [
    'none on a day with a charge',
    { chargedAt: new Date('2031-02-28T00:30:00+01:00') },
    { at: '2031-02-28T09:00:00Z', slots: ['2031-02-28 missed'] },
  ],
  [
    'one on the day after a charge',
    { chargedAt: new Date('2031-02-27T23:30:00+01:00') },
    { at: '2031-02-28T09:00:00Z', slots: ['2031-02-28 due'] },
  ],
  [
    'one on the last day',
    { expiresAfterDate: '2031-02-28' },
    { at: '2031-02-28T22:00:00Z', slots: ['2031-02-28 due'] },
  ],
  ['none past it', { expiresAfterDate: '2031-02-28' }, { at: '2031-02-28T23:00:00Z', slots: ['2031-02-28 missed'] }],
  [
    'the last one before it, though seen late',
    { expiresAfterDate: '2031-04-29' },
    { at: '2031-04-01T08:00:00Z', slots: ['2031-02-28 missed', '2031-03-31 due'] },
  ],
])('charges %s', (_, change, { at, slots }) => {
  expect(statesOf(change, at)).toEqual(slots);
});

it('looks again when the last day is over, and ends the subscription then', () => {
  const last = planDue({ ...monthly, expiresAfterDate: '2031-03-30' }, new Date('2031-02-28T09:00:00Z'));
  expect(last).toMatchObject({ nextDate: null, lookAt: new Date('2031-03-30T22:00:00Z'), isExpired: false });
  const over = planDue(
    { ...monthly, nextDueDate: null, expiresAfterDate: '2031-03-30' },
    new Date('2031-03-30T22:00:00Z'),
  );
  expect(over).toEqual({ slots: [], nextDate: null, lookAt: null, isExpired: true });
});
