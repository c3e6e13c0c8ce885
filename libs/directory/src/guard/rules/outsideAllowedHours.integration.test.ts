import { type GuardCase, guardBench, rulesOf } from '@muster/testing/guardBench';

let bench: Awaited<ReturnType<typeof guardBench>>;
beforeAll(async () => (bench = await guardBench()));
afterAll(() => bench.close());

const nowhere = { value: '+18005550101' }; // toll-free: an area code without a place
const honolulu = { value: '+18085550101' };
const denver = { value: '+13035550101' };
const at = (now: string) => ({ now, atNoon: false });
const address = (state: string, over: object = {}) => ({
  contactType: 'address' as const,
  value: null,
  state,
  ...over,
});
const mail = { channel: 'mail' as const, timeZone: 'Pacific/Honolulu' }; // noon is 17:00 in New York, 22:00 UTC

/** Of a phone in New York, and a company there, unless said otherwise: the case, and whether it is outside the hours. */
const cases: [string, GuardCase, boolean][] = [
  ['a second before eight', at('2026-03-04T12:59:59Z'), true],
  ['eight', at('2026-03-04T13:00:00Z'), false],
  ['a second before nine in the evening', at('2026-03-05T01:59:59Z'), false],
  ['the last millisecond before it', at('2026-03-05T01:59:59.999Z'), false],
  ['nine in the evening', at('2026-03-05T02:00:00Z'), true],
  ['midnight', at('2026-03-05T05:00:00Z'), true],
  ['eight on the morning of summer time', at('2026-03-08T12:00:00Z'), false],
  ['a second before it', at('2026-03-08T11:59:59Z'), true],
  ['eight on the morning of winter time', at('2026-11-01T13:00:00Z'), false],
  ['a second before it, an hour late by summer time', at('2026-11-01T12:59:59Z'), true],
  ['the hour that comes twice', at('2026-11-01T05:30:00Z'), true],

  // At noon, whatever the hour of the run.
  ['the night before noon', { now: '2026-03-04T06:00:00Z' }, false],
  ['the night after noon', { now: '2026-03-05T04:59:59Z' }, false],
  [
    "the company's noon is eight in Anchorage",
    { contact: { value: '+19075550101', state: 'ON' }, timeZone: 'America/Chicago' },
    false,
  ],
  ['noon is seven in Honolulu', { contact: honolulu }, true],
  ['noon is eight in Honolulu, in winter', { contact: honolulu, timeZone: 'America/Chicago' }, false],
  [
    'noon is seven in Honolulu, in summer',
    { contact: honolulu, timeZone: 'America/Chicago', now: '2026-07-01T17:34:00Z' },
    true,
  ],
  [
    'noon of the day of 23 hours',
    { contact: honolulu, timeZone: 'America/Chicago', now: '2026-03-08T09:00:00Z' },
    true,
  ],
  [
    'noon of the day of 25 hours',
    { contact: honolulu, timeZone: 'America/Chicago', now: '2026-11-01T06:30:00Z' },
    false,
  ],

  // Where the contact may be.
  ['the area code alone: 7:30 in Denver', { ...at('2026-03-04T14:30:00Z'), contact: denver }, true],
  ['the area code alone: 8:00 in Denver', { ...at('2026-03-04T15:00:00Z'), contact: denver }, false],
  [
    'an area code of two zones: 7:30 in the later',
    { ...at('2026-03-04T13:30:00Z'), contact: { value: '+18505550101' } },
    true,
  ],
  [
    'an area code of two zones: 21:00 in the earlier',
    { ...at('2026-03-05T02:00:00Z'), contact: { value: '+18505550101' } },
    true,
  ],
  [
    'an area code of two zones: 8:00 in the later',
    { ...at('2026-03-04T14:00:00Z'), contact: { value: '+18505550101' } },
    false,
  ],
  [
    "the person's zone, too: 7:00 there",
    { ...at('2026-03-04T13:00:00Z'), person: { timeZone: 'America/Chicago' } },
    true,
  ],
  [
    "the person's zone, too: 21:00 there",
    { ...at('2026-03-04T22:00:00Z'), person: { timeZone: 'Europe/London' } },
    true,
  ],
  ['the person in half an hour less: 20:30 there', { person: { timeZone: 'Asia/Tehran' } }, false],
  ['the person in four hours more: 21:00 there', { person: { timeZone: 'Asia/Dubai' } }, true],
  ['a name of the engine alone, and no zone', { person: { timeZone: 'PST' } }, true],
  ['a zone of the person that nobody knows', { person: { timeZone: 'Mars/Base' } }, true],
  ["the person's own address", { ...at('2026-03-04T13:00:00Z'), others: [address('IL')] }, true],
  ["the person's own address, by its name", { ...at('2026-03-04T13:00:00Z'), others: [address(' illinois ')] }, true],
  ['an old address', { ...at('2026-03-04T13:00:00Z'), others: [address('IL', { status: 'archived' })] }, false],
  ['an address that is not valid', { ...at('2026-03-04T13:00:00Z'), others: [address('IL', { valid: false })] }, false],
  [
    'an address that was deleted',
    { ...at('2026-03-04T13:00:00Z'), others: [address('IL', { deletedAt: new Date() })] },
    false,
  ],
  [
    "the spouse's address",
    { ...at('2026-03-04T13:00:00Z'), others: [address('IL', { affiliation: 'spouse' })] },
    false,
  ],
  [
    "the person's address, of the attorney's phone",
    { ...at('2026-03-04T13:00:00Z'), contact: { affiliation: 'attorney' }, others: [address('IL')] },
    false,
  ],
  [
    "the person's zone, of the attorney's phone",
    { ...at('2026-03-04T13:00:00Z'), contact: { affiliation: 'attorney' }, person: { timeZone: 'America/Chicago' } },
    true,
  ],
  ['the state of the address itself', { ...mail, contact: address('HI') }, false],
  ['a state of two zones', { ...mail, contact: address('AK'), timeZone: 'America/Chicago' }, false],
  ['a state in which noon is too early', { contact: address('HI'), channel: 'mail' }, true],
  ['a country with dots', { contact: address('HI', { country: 'U.S.A.' }), channel: 'mail' }, true],
  [
    'an address abroad, though its letters are those of a state',
    { contact: address('NY', { country: 'GB' }), channel: 'mail' },
    true,
  ],
  ['a phone abroad', { contact: { value: '+442079460123' } }, true],
  [
    'a phone abroad of somebody who lives here',
    { contact: { value: '+442079460123' }, others: [address('NY')] },
    false,
  ],
  [
    'a phone abroad of somebody who has consented',
    { contact: { value: '+442079460123' }, consents: { contactPersonUnusualTime: 'consented' } },
    false,
  ],

  // Only where nothing is known, the company's.
  ["nothing known: the company's zone, 7:59", { ...at('2026-03-04T12:59:59Z'), contact: nowhere }, true],
  ["nothing known: the company's zone, 8:00", { ...at('2026-03-04T13:00:00Z'), contact: nowhere }, false],
  ["something known: not the company's", { ...at('2026-03-04T14:00:00Z'), timeZone: 'America/Los_Angeles' }, false],
  [
    "no area code, but the person's zone",
    { ...at('2026-03-04T13:00:00Z'), contact: nowhere, person: { timeZone: 'America/Chicago' } },
    true,
  ],
  ['no contact named: the company, 8:00', { ...at('2026-03-04T13:00:00Z'), contact: null }, false],
  [
    "no contact named: the person's address",
    { ...at('2026-03-04T13:00:00Z'), contact: null, others: [address('IL')] },
    true,
  ],
  [
    'no contact named: other phones tell nothing',
    { ...at('2026-03-04T13:00:00Z'), contact: null, others: [denver] },
    false,
  ],

  // Whatever is said, and by whichever channel.
  ['at night, servicing', { ...at('2026-03-05T05:00:00Z'), theme: 'opsServicing' }, true],
  ['at night, without a theme', { ...at('2026-03-05T05:00:00Z'), theme: null }, true],
  [
    'at night, by text',
    { ...at('2026-03-05T05:00:00Z'), channel: 'text', contact: { receiveTextMessages: true } },
    true,
  ],
  [
    'unusual times agreed to',
    { ...at('2026-03-05T05:00:00Z'), consents: { contactPersonUnusualTime: 'consented' } },
    false,
  ],
  ['unusual times refused', { ...at('2026-03-05T05:00:00Z'), consents: { contactPersonUnusualTime: 'revoked' } }, true],
];

it.each(cases)('keeps to the hours: %s', async (_what, asked, isRefused) => {
  expect(rulesOf(await bench.ask(asked))).toEqual(isRefused ? ['outsideAllowedHours reg-f/hours'] : []);
});

it('says at which moment, and in which zones', async () => {
  const asked = { contact: honolulu, person: { timeZone: 'America/Chicago' } };

  expect((await bench.ask(asked)).reasons).toEqual([
    'outsideAllowedHours reg-f/hours: at 2026-03-04T17:00:00.000Z not 8 to 21 in all of {America/Chicago,Pacific/Honolulu}',
  ]);
});

const winter = '2026-12-02T04:30:00Z'; // 20:30 by Vancouver's old winter time, and 21:30 as it is now

it('reads a zone both ways where the engine may be behind a change of the clocks', async () => {
  const at2030 = { ...at(winter), contact: nowhere };

  expect(rulesOf(await bench.ask({ ...at2030, person: { timeZone: 'America/Los_Angeles' } }))).toEqual([]);
  expect(rulesOf(await bench.ask({ ...at2030, person: { timeZone: 'America/Vancouver' } }))).toHaveLength(1);
  expect(rulesOf(await bench.ask({ ...at2030, timeZone: 'America/Vancouver' }))).toHaveLength(1);
});

const windows: [string, GuardCase, (string | null)[]][] = [
  ['one zone', {}, ['2026-03-04T08:00:00-05:00', '2026-03-04T21:00:00-05:00']],
  [
    'two zones: from the later, until the earlier',
    { person: { timeZone: 'America/Denver' } },
    ['2026-03-04T08:00:00-07:00', '2026-03-04T21:00:00-05:00'],
  ],
  ["the company's zone", { contact: nowhere }, ['2026-03-04T08:00:00-05:00', '2026-03-04T21:00:00-05:00']],
  ['two zones without a common hour', { contact: honolulu, person: { timeZone: 'Asia/Kolkata' } }, [null, null]],
  ['a zone that nobody knows', { person: { timeZone: 'Mars/Base' } }, [null, null]],
];

it.each(windows)('gives the hours of %s', async (_what, asked, [from, until]) => {
  expect(await bench.decide(asked)).toMatchObject({ callFrom: from, callUntil: until });
});
