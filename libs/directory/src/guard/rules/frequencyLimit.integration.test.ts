import { type GuardCase, guardBench, rulesOf, type Tried } from '@muster/testing/guardBench';

let bench: Awaited<ReturnType<typeof guardBench>>;
beforeAll(async () => (bench = await guardBench()));
afterAll(() => bench.close());

const times = (count: number, tried: Partial<Tried> = {}): Tried[] =>
  Array.from({ length: count }, () => ({ hoursAgo: 24, ...tried }));
const light = { collectionsIntensity: 'light' } as const;
const heavy = { collectionsIntensity: 'heavy' } as const;
const oldest = { hoursAgo: 168 };
const two = [{}, {}];

/** What is on record, what is asked, and whether the limit of Regulation F refuses. */
const cases: [string, GuardCase, boolean][] = [
  ['nothing', {}, false],
  ['six calls, of seven', { tried: times(6) }, false],
  ['seven calls, of seven', { tried: times(7) }, true],
  ['one call, of two for who is to be treated lightly', { person: light, tried: times(1) }, false],
  ['two calls, of two', { person: light, tried: times(2) }, true],
  ['six calls where it is urgent', { person: heavy, tried: times(6) }, false],
  ['seven calls where it is urgent: no more than else', { person: heavy, tried: times(7) }, true],

  ['a seventh call a second less than 168 hours ago', { tried: [...times(6), { ...oldest, secondsMore: -1 }] }, true],
  ['a seventh call exactly 168 hours ago', { tried: [...times(6), oldest] }, true],
  ['a seventh call a second more than 168 hours ago', { tried: [...times(6), { ...oldest, secondsMore: 1 }] }, false],
  ['a call by a clock that is ahead of ours', { tried: [...times(6), { hoursAgo: -1 }] }, true],
  [
    '168 hours over the night in which the clocks are put forward',
    { now: '2026-03-12T17:34:00Z', tried: [...times(6), oldest] },
    true,
  ],
  [
    'a second more over that night',
    { now: '2026-03-12T17:34:00Z', tried: [...times(6), { ...oldest, secondsMore: 1 }] },
    false,
  ],

  ['calls that succeeded', { person: light, tried: times(2, { status: 'succeeded' }) }, true],
  ['calls that are being made', { person: light, tried: times(2, { status: 'inProgress' }) }, true],
  ['calls that failed', { person: light, tried: times(2, { status: 'failed' }) }, false],
  ['calls that are only planned', { person: light, tried: times(2, { status: 'scheduled' }) }, false],
  ['calls that were called off', { person: light, tried: times(2, { status: 'canceled' }) }, false],
  ["the borrower's own calls", { person: light, tried: times(2, { direction: 'inbound' }) }, false],
  ['calls that were deleted', { person: light, tried: times(2, { deletedAt: new Date() }) }, false],
  ['texts', { person: light, tried: times(2, { channel: 'text' }) }, false],
  ['calls to any contact', { person: light, others: [{ affiliation: 'spouse' }], tried: times(2, { at: 0 }) }, true],

  ['calls of another collection theme', { person: light, tried: times(2, { theme: 'opsCollLocateBorrower' }) }, true],
  ['calls of agentNotification', { person: light, tried: times(2, { theme: 'agentNotification' }) }, true],
  ['calls of servicing', { person: light, tried: times(2, { theme: 'opsServicing' }) }, false],
  ['calls of marketing', { person: light, tried: times(2, { theme: 'marketing' }) }, false],

  ['asked for agentNotification', { theme: 'agentNotification', person: light, tried: times(2) }, true],
  ['asked for servicing', { theme: 'opsServicing', tried: times(9) }, false],
  ['asked for marketing', { theme: 'marketing', tried: times(9) }, false],
  ['asked without a theme', { theme: null, tried: times(9) }, false],
  ['asked for a text', { channel: 'text', contact: { receiveTextMessages: true }, tried: times(9) }, false],
  ['asked for an e-mail', { channel: 'email', contact: { contactType: 'email' }, tried: times(9) }, false],
  ['asked for a letter', { channel: 'mail', contact: { contactType: 'address' }, tried: times(9) }, false],
  ['asked at any hour', { atNoon: false, person: light, tried: times(2) }, true],
  ['asked without a contact', { contact: null, person: light, tried: times(2) }, true],

  // Of the loan that is asked about, and those that name none; where none is asked about, of the person.
  ['two calls about the loan', { person: light, loans: two, about: [0], tried: times(2, { loans: [0] }) }, true],
  ['two calls about another loan', { person: light, loans: two, about: [0], tried: times(2, { loans: [1] }) }, false],
  ['two calls about both loans', { person: light, loans: two, about: [0], tried: times(2, { loans: [0, 1] }) }, true],
  ['two calls about no loan', { person: light, loans: two, about: [0], tried: times(2) }, true],
  [
    'one call about the loan, one about none',
    { person: light, loans: two, about: [0], tried: [...times(1), ...times(1, { loans: [0] })] },
    true,
  ],
  [
    'one call about the loan, one about another',
    { person: light, loans: two, about: [0], tried: [...times(1, { loans: [1] }), ...times(1, { loans: [0] })] },
    false,
  ],
  [
    'one call about each of two loans, asked about no loan',
    { person: light, loans: two, tried: [...times(1, { loans: [1] }), ...times(1, { loans: [0] })] },
    true,
  ],
  [
    'two calls about the second of the two that are asked about',
    { person: light, loans: two, about: [0, 1], tried: times(2, { loans: [1] }) },
    true,
  ],
  [
    'one call about each of the two that are asked about',
    { person: light, loans: two, about: [0, 1], tried: [...times(1, { loans: [1] }), ...times(1, { loans: [0] })] },
    false,
  ],

  // What other runs have handed over counts at once.
  ['one call and one reserved', { person: light, tried: times(1), reserved: [{}] }, true],
  ['one reserved', { person: light, reserved: [{}] }, false],
  [
    'a reserved call that expires in a second',
    { person: light, tried: times(1), reserved: [{ expiresInSeconds: 1 }] },
    true,
  ],
  [
    'a reserved call that has just expired',
    { person: light, tried: times(1), reserved: [{ expiresInSeconds: 0 }] },
    false,
  ],
  ['a reserved call that was given back', { person: light, tried: times(1), reserved: [{ isReleased: true }] }, false],
  ['a reserved call that was made', { person: light, tried: times(1), reserved: [{ isConsumed: true }] }, false],
  ['a reserved e-mail', { person: light, tried: times(1), reserved: [{ channel: 'email' }] }, false],
  [
    'a reserved call about the loan',
    { person: light, loans: two, about: [0], tried: times(1), reserved: [{ loan: 0 }] },
    true,
  ],
  [
    'a reserved call about another loan',
    { person: light, loans: two, about: [0], tried: times(1), reserved: [{ loan: 1 }] },
    false,
  ],
  ['a reserved call about no loan', { person: light, loans: two, about: [0], tried: times(1), reserved: [{}] }, true],
];

it.each(cases)('counts with %s', async (_what, asked, isRefused) => {
  expect(rulesOf(await bench.ask(asked))).toEqual(isRefused ? ['frequencyLimit reg-f/calls-in-7-days'] : []);
});

it('says how many of how many', async () => {
  expect((await bench.ask({ person: light, tried: times(3) })).reasons).toEqual([
    'frequencyLimit reg-f/calls-in-7-days: 3 of 2 attempts in 168 hours',
  ]);
});

it('never counts what was said to another borrower', async () => {
  await bench.ask({ tried: times(7) });

  expect(rulesOf(await bench.ask({}))).toEqual([]);
});
