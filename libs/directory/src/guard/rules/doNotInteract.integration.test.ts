import { themes } from '@muster/core/contactExporter';
import { type NewDoNotInteract } from '@muster/testing/factories';
import { type GuardCase, guardBench, rulesOf } from '@muster/testing/guardBench';

let bench: Awaited<ReturnType<typeof guardBench>>;
beforeAll(async () => (bench = await guardBench()));
afterAll(() => bench.close());

type Note = Partial<NewDoNotInteract>;

// Hours of the night are asked about, too: what is compared here is the note alone.
const consents = { contactPersonUnusualTime: 'consented' } as const;
const refused = ['doNotInteract do-not-interact'];
const rules = async (note: Note, asked: GuardCase) =>
  rulesOf(await bench.ask({ consents, ...asked, doNotInteracts: [note] }));

const fourth = { startDate: '2026-03-04', endDate: '2026-03-04' };
const hours = (fromHour: number, toHour: number) => ({ timesOfDay: [{ fromHour, toHour }] });
const losAngeles = { timezone: 'America/Los_Angeles' };
const pensacola = { contact: { value: '+18505550101' } }; // an area code in New York's time and in Chicago's
const springNight = '2026-03-08'; // from two to three
const autumnNight = '2026-11-01'; // from two back to one

/** A note on a phone in New York, the moment, what else is asked, and whether the note is in force. */
const moments: [string, Note, string, boolean, GuardCase?][] = [
  ['the last millisecond before its first day', fourth, '2026-03-04T04:59:59.999Z', false],
  ['the beginning of its first day', fourth, '2026-03-04T05:00:00Z', true],
  ['the last millisecond of its last day', fourth, '2026-03-05T04:59:59.999Z', true],
  ['the end of its last day', fourth, '2026-03-05T05:00:00Z', false],
  ['the end of its last day, in its own zone: not yet', { ...fourth, ...losAngeles }, '2026-03-05T05:00:00Z', true],
  ['the last millisecond in its own zone', { ...fourth, ...losAngeles }, '2026-03-05T07:59:59.999Z', true],
  ['the end in its own zone', { ...fourth, ...losAngeles }, '2026-03-05T08:00:00Z', false],
  ['before it begins in its own zone', { ...fourth, ...losAngeles }, '2026-03-04T07:59:59.999Z', false],
  ['the last day in one of two zones', fourth, '2026-03-05T05:59:59.999Z', true, pensacola],
  ['the end of the last day in both zones', fourth, '2026-03-05T06:00:00Z', false, pensacola],
  ['the first day in one of two zones', fourth, '2026-03-04T05:00:00Z', true, pensacola],
  [
    "the last day in the person's zone",
    fourth,
    '2026-03-05T07:59:59.999Z',
    true,
    { person: { timeZone: 'America/Los_Angeles' } },
  ],
  [
    "the end in the person's zone",
    fourth,
    '2026-03-05T08:00:00Z',
    false,
    { person: { timeZone: 'America/Los_Angeles' } },
  ],
  [
    "the last day at the person's own address",
    fourth,
    '2026-03-05T07:59:59.999Z',
    true,
    { others: [{ contactType: 'address', value: null, state: 'CA' }] },
  ],
  ["nothing known: the company's last day", fourth, '2026-03-05T04:59:59.999Z', true, { contact: null }],
  ["nothing known: the end of the company's last day", fourth, '2026-03-05T05:00:00Z', false, { contact: null }],

  ['a millisecond before nine', hours(9, 21), '2026-03-04T13:59:59.999Z', false],
  ['nine', hours(9, 21), '2026-03-04T14:00:00Z', true],
  ['a millisecond before 21:00', hours(9, 21), '2026-03-05T01:59:59.999Z', true],
  ['21:00', hours(9, 21), '2026-03-05T02:00:00Z', false],
  [
    'the first of two spans',
    { timesOfDay: [...hours(9, 10).timesOfDay, ...hours(12, 13).timesOfDay] },
    '2026-03-04T14:30:00Z',
    true,
  ],
  [
    'between two spans',
    { timesOfDay: [...hours(9, 10).timesOfDay, ...hours(12, 13).timesOfDay] },
    '2026-03-04T16:30:00Z',
    false,
  ],
  ['the last hour of the day', hours(23, 24), '2026-03-05T04:59:59.999Z', true],
  ['midnight after it', hours(23, 24), '2026-03-05T05:00:00Z', false],
  ['the first hour of the day', hours(0, 1), '2026-03-04T05:00:00Z', true],
  [
    'half an hour behind, before nine',
    { ...hours(9, 21), timezone: 'Asia/Kolkata' },
    '2026-03-04T03:29:59.999Z',
    false,
  ],
  ['half an hour behind, nine', { ...hours(9, 21), timezone: 'Asia/Kolkata' }, '2026-03-04T03:30:00Z', true],

  ['Wednesday', { daysOfWeek: [2] }, '2026-03-05T04:59:59.999Z', true],
  ['Thursday', { daysOfWeek: [2] }, '2026-03-05T05:00:00Z', false],
  ['Sunday', { daysOfWeek: [6] }, '2026-03-08T17:00:00Z', true],
  ['an hour of Wednesday, on Wednesday', { daysOfWeek: [2], ...hours(9, 21) }, '2026-03-04T17:00:00Z', true],
  ['an hour of Wednesday, on Thursday', { daysOfWeek: [2], ...hours(9, 21) }, '2026-03-05T17:00:00Z', false],

  [
    'a millisecond before the hour that is left out',
    { startDate: springNight, ...hours(3, 4) },
    '2026-03-08T06:59:59.999Z',
    false,
  ],
  [
    'the hour behind the one that is left out',
    { startDate: springNight, ...hours(3, 4) },
    '2026-03-08T07:00:00Z',
    true,
  ],
  ['the hour that comes twice, first', { startDate: autumnNight, ...hours(1, 2) }, '2026-11-01T05:30:00Z', true],
  ['the hour that comes twice, again', { startDate: autumnNight, ...hours(1, 2) }, '2026-11-01T06:30:00Z', true],
  ['two in winter time', { startDate: autumnNight, ...hours(1, 2) }, '2026-11-01T07:00:00Z', false],
  ['the last hour of the day of 25', { endDate: autumnNight }, '2026-11-02T04:59:59.999Z', true],
  ['the end of the day of 25 hours', { endDate: autumnNight }, '2026-11-02T05:00:00Z', false],
  ['the end of the day of 23 hours', { endDate: springNight }, '2026-03-09T04:00:00Z', false],
  ['the last hour of the day of 23', { endDate: springNight }, '2026-03-09T03:59:59.999Z', true],

  ['a zone that nobody knows', { endDate: '2020-01-01', timezone: 'Mars/Base' }, '2026-03-04T17:00:00Z', true],
];

it.each(moments)('is in force, or is not, at %s', async (...[, note, now, inForce, asked]) => {
  expect(await rules(note, { ...asked, now, atNoon: false })).toEqual(inForce ? refused : []);
});

/** For exports any hour of the company's day counts. */
const days: [string, Note, boolean, GuardCase?][] = [
  ['an hour that is over', hours(0, 1), true],
  ['an hour to come', hours(23, 24), true],
  ['an hour of another day', { ...hours(23, 24), endDate: '2026-03-03' }, false],
  ['until yesterday', { endDate: '2026-03-03' }, false],
  ['until today', { endDate: '2026-03-04' }, true],
  ['from today', { startDate: '2026-03-04' }, true],
  ['from tomorrow', { startDate: '2026-03-05' }, false],
  [
    'from tomorrow, which begins before our day ends: east of the company',
    { startDate: '2026-03-05' },
    true,
    { contact: { value: '+17875550101' } },
  ],
  [
    'until yesterday, which ends after our day begins: west of it',
    { endDate: '2026-03-03' },
    true,
    { contact: { value: '+14155550101' } },
  ],
  [
    'until the day before yesterday, west of it',
    { endDate: '2026-03-02' },
    false,
    { contact: { value: '+14155550101' } },
  ],
  [
    'an hour that lies outside our day, west of it',
    { endDate: '2026-03-03', ...hours(20, 21) },
    false,
    { contact: { value: '+14155550101' } },
  ],
  [
    'an hour that lies in our day, west of it',
    { endDate: '2026-03-03', ...hours(21, 22) },
    true,
    { contact: { value: '+14155550101' } },
  ],
];

it.each(days)('keeps a contact out of the file of the day: %s', async (...[, note, isRefused, asked]) => {
  expect(await rules(note, asked ?? {})).toEqual(isRefused ? refused : []);
});

it.each(themes)('covers %s by `all`, unless that is about the account credentials', async (theme) => {
  const said = await rules({ themes: ['all'] }, { theme, contact: {} });

  expect(said).toEqual(theme === 'opsAccountCredentials' ? [] : refused);
});

const kinds: [string, Note, GuardCase, boolean][] = [
  ['nothing said: everything', { channels: null, themes: null }, {}, true],
  ['no themes said, account credentials', { themes: null }, { theme: 'opsAccountCredentials' }, true],
  [
    'account credentials by name',
    { themes: ['all', 'opsAccountCredentials'] },
    { theme: 'opsAccountCredentials' },
    true,
  ],
  ['all themes, asked without one', { themes: ['all'] }, { theme: null }, true],
  ['one theme, asked without one', { themes: ['opsCollDebt'] }, { theme: null }, false],
  ['another theme', { themes: ['opsServicing'] }, {}, false],
  ['all channels, a text', { channels: ['all'] }, { channel: 'text', contact: { receiveTextMessages: true } }, true],
  ['texts, a text', { channels: ['text'] }, { channel: 'text', contact: { receiveTextMessages: true } }, true],
  ['texts, a call to the same number', { channels: ['text'] }, {}, false],
  ['calls, an e-mail', { channels: ['voice'] }, { channel: 'email', contact: { contactType: 'email' } }, false],
  ['its label', { contactLabels: ['home', 'work'] }, {}, true],
  ['another label', { contactLabels: ['work'] }, {}, false],
  ['a label, a contact without', { contactLabels: ['home'] }, { contact: { label: null } }, false],
  ['a label, no contact named', { contactLabels: ['home'] }, { contact: null }, false],
  ['no label, no contact named', {}, { contact: null }, true],
  [
    'label and channel and theme and day',
    { contactLabels: ['home'], channels: ['voice'], themes: ['opsCollDebt'], ...fourth },
    {},
    true,
  ],
  [
    'all but the channel',
    { contactLabels: ['home'], channels: ['mail'], themes: ['opsCollDebt'], ...fourth },
    {},
    false,
  ],
  ['deleted', { deletedAt: new Date() }, {}, false],
];

it.each(kinds)('blocks what all its attributes mean: %s', async (...[, note, asked, isRefused]) => {
  expect(await rules(note, asked)).toEqual(isRefused ? refused : []);
});

it('says by which channel', async () => {
  expect((await bench.ask({ doNotInteracts: [{}, {}] })).reasons).toEqual([
    'doNotInteract do-not-interact: in force for voice',
  ]);
});
