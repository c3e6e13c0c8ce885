import { agreementContradictions, type HeldAgreement, type SaidOfAgreement } from './agreementContradictions.ts';

const held: HeldAgreement = {
  ...{ name: 'Gift', description: null, type: 'Shared' },
  schedule: {
    ...{ scheduleType: 'Quarterly', scheduleCalendarUnit: null, scheduleBaseTier: 1, scheduleFixedDay: null },
    ...{ scheduleEveryOther: null, scheduleSelectedSet: [7, 1] },
  },
};
const fieldsOf = (said: SaidOfAgreement) => agreementContradictions(said, held).map(({ field }) => field);

it.each<SaidOfAgreement>([
  {},
  { agreementName: 'Gift', agreementDescription: '', agreementType: 'Shared', scheduleType: 'Quarterly' },
  { scheduleCalendarUnit: 'Month', scheduleEveryOther: 3, scheduleBaseTier: 1 },
  { scheduleSelectedSet: ' [1, 7,7]' },
  { scheduleSelectedSet: null, scheduleFixedDay: null, agreementType: null, scheduleCalendarUnit: undefined },
])('lets a campaign say of its agreement what holds, or nothing: %j', (said) => {
  expect(fieldsOf(said)).toEqual([]);
});

it.each<SaidOfAgreement>([
  { agreementName: 'Other' },
  { agreementDescription: 'More' },
  { agreementType: 'Personal' },
  { scheduleType: 'Monthly' },
  { scheduleCalendarUnit: 'Week' },
  { scheduleBaseTier: 2 },
  { scheduleFixedDay: 1 },
  { scheduleEveryOther: 1 },
  { scheduleSelectedSet: '[]' },
])('lets it say nothing else: %j', (said) => {
  expect(fieldsOf(said)).toEqual(Object.keys(said));
});

it('says what holds', () => {
  const said = { scheduleEveryOther: 1, scheduleFixedDay: 1 };
  const [open, every] = agreementContradictions(said, held).map(({ message }) => message);
  expect(every).toContain('is 3 in the agreement');
  expect(open).toContain('is left open');
});
