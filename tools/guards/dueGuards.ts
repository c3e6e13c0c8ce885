import { type Guard } from './guard.ts';

const sweep = 'libs/db/src/sms/sweepDueSubscriptions.ts';
const begin = 'libs/db/src/sms/beginDue.ts';
const plan = 'libs/db/src/sms/planDue.ts';
const dueTests = ['libs/messaging/src/chargeDue.integration.test.ts'];
const raceTests = ['libs/messaging/src/chargeDueRaces.integration.test.ts'];
const planTests = ['libs/db/src/sms/planDue.test.ts'];

/** What sees to it that each due date of a subscription is charged once, and none where it should not be. */
export const dueGuards: Guard[] = [
  {
    name: 'a due date on record stays as it is',
    why: 'a date that is found twice could ask for a second charge, or be called missed although it was charged',
    file: sweep,
    find: `on conflict do nothing returning subscription_guid, due_date, state
     )`,
    replace: `on conflict (subscription_guid, due_date) do update set state = excluded.state
       returning subscription_guid, due_date, state
     )`,
    tests: raceTests,
  },
  {
    name: 'a date before that nobody charged is missed',
    why: 'the end of an outage would charge a subscription for each day of it',
    file: sweep,
    find: 'await dropOvertaken(tx, planned.flatMap(dueOf));',
    replace: 'await dropOvertaken(tx, []);',
    tests: dueTests,
  },
  {
    name: 'one charge a day',
    why: 'a charge that an outage has held up would be followed by the next within the hour',
    file: plan,
    find: 'dateIn(timeZone, chargedAt) === today',
    replace: 'chargedAt.getTime() === 0',
    tests: [...planTests, ...dueTests],
  },
  {
    name: 'one charge that is asked for at a time',
    why: 'a charge whose reply is lost would be followed by the next before anybody knows of it',
    file: plan,
    find: 'return isOpen || (',
    replace: `return (isOpen && today === '') || (`,
    tests: planTests,
  },
  {
    name: 'the fence of a due charge',
    why: 'a worker that was taken for dead could settle what another one is making',
    file: 'libs/db/src/sms/lockDueCharge.ts',
    find: 'charge.attempt = $2',
    replace: 'charge.attempt >= $2',
    tests: dueTests,
  },
  {
    name: 'the last look at the subscription',
    why: 'a number that has asked to stop would be charged once more',
    file: begin,
    find: `if (state === 'Active' || (state === 'Expired' && wasAsked)) {`,
    replace: `if (state !== '') {`,
    tests: dueTests,
  },
  {
    name: 'the limits of a due charge',
    why: 'due dates would charge a number above the limit of its month',
    file: begin,
    find: 'return !refusal;',
    replace: 'return true;',
    tests: dueTests,
  },
  {
    name: 'pursuit on another day',
    why: 'a charge that was made late would be asked for again at once',
    file: 'libs/db/src/sms/pursueDue.ts',
    find: 'wanted > tomorrow ? wanted : tomorrow',
    replace: 'wanted',
    tests: dueTests,
  },
  {
    name: 'a due charge is noted as asked for before it is',
    why: 'one whose end nobody knows would be called refused, and its number not be believed',
    file: begin,
    find: 'set asked_at = clock_timestamp(), month = $2',
    replace: 'set asked_at = null, month = $2',
    tests: dueTests,
  },
  {
    name: 'a due charge that was asked for once is not called refused',
    why: 'a gateway that has charged, and may not be asked any more, would be told of as one that was never asked',
    file: 'libs/messaging/src/chargeDue.ts',
    find: 'if (!begun.wasAsked && isUnasked(error))',
    replace: 'if (isUnasked(error))',
    tests: ['libs/messaging/src/unaskedCharges.integration.test.ts'],
  },
  {
    name: 'a due charge that kills its workers is given up',
    why: 'a poisonous charge would kill workers for ever',
    file: 'libs/db/src/sms/dueCharges.ts',
    find: 'if (crashes < MOST_CRASHES) return claimed;',
    replace: 'if (crashes < MOST_CRASHES || MOST_CRASHES > 0) return claimed;',
    tests: dueTests,
  },
  {
    name: 'the charge that a text asks for is no due charge',
    why: 'it would be made twice at a time, by two kinds of workers',
    file: 'libs/db/src/sms/dueCharges.ts',
    find: `where state = 'wanted' and message_guid is null and take_at`,
    replace: `where state = 'wanted' and take_at`,
    tests: dueTests,
  },
];
