import { explainReason, guardReasons } from '@muster/core/guardReasons';
import { reasonCodes } from './asked.ts';

it('there is a sentence for each reason that the rules can give, and for a run’s own', () => {
  expect(Object.keys(guardReasons)).toEqual([...reasonCodes, 'noContact', 'invalid', 'unknownLoan']);
});

it('says what was compared where something was', () => {
  expect(explainReason('contactInvalid', 'valid false')).toBe('the contact is not valid: valid false');
  expect(explainReason('noContact', null)).toBe('no contact of the person is what the exporter asks for');
});
