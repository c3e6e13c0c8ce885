import { audienceBench } from '@muster/testing/audienceBench';
import { insertContact, insertDoNotInteract, insertPerson, type NewDoNotInteract } from '@muster/testing/factories';
import { type ContactType, type Theme } from '@muster/core/contactExporter';

let bench: Awaited<ReturnType<typeof audienceBench>>;
beforeAll(async () => (bench = await audienceBench()));
afterAll(() => bench.close());

interface Asked {
  theme?: Theme;
  contactType?: ContactType;
  label?: string | null;
  /** By default 12:34 of Wednesday, 4 March 2026, in New York. */
  now?: string;
  timeZone?: string;
}

/** Whether a borrower with these do-not-interacts is left out, and why. */
async function screened(
  notes: Partial<NewDoNotInteract>[],
  { contactType = 'phone', label = 'home', ...asked }: Asked,
) {
  const { db, companyId } = bench;
  const person = await insertPerson(db, { companyId });
  // in New York, where the company is
  await insertContact(db, { companyId, personKey: person.key, contactType, label, value: '+12125550101' });
  for (const note of notes) await insertDoNotInteract(db, { companyId, personKey: person.key, ...note });
  const { counts, rows } = await bench.run(
    `id\r\n${person.key}\r\n`,
    {
      contactMatchingCriteria: { contactType: [contactType] },
      checkCanInteractData: { theme: asked.theme ?? 'opsCollDebt', isAutodialed: false },
    },
    { ...(asked.now && { now: new Date(asked.now) }), ...(asked.timeZone && { timeZone: asked.timeZone }) },
  );
  expect(rows).toHaveLength(counts.exported);
  expect(counts.contacts).toBe(1);
  return counts.screenedOut['doNotInteract'] === 1;
}

const anything = { channels: null, themes: null };
const wednesday = { startDate: '2026-03-04', endDate: '2026-03-04' };

const cases: [string, Partial<NewDoNotInteract>, Asked, boolean][] = [
  ['one without any attribute', anything, {}, true],
  ['one of its channel', { channels: ['voice'] }, {}, true],
  ['one of another channel', { channels: ['email', 'text'] }, {}, false],
  ['e-mail for an e-mail', { channels: ['email'] }, { contactType: 'email' }, true],
  ['mail for an address', { channels: ['mail'] }, { contactType: 'address' }, true],
  ['voice for an address', { channels: ['voice'] }, { contactType: 'address' }, false],
  ['its theme', { themes: ['opsServicing', 'opsCollDebt'] }, {}, true],
  ['another theme', { themes: ['opsServicing'] }, {}, false],
  ['all themes, marketing', { themes: ['all'] }, { theme: 'marketing' }, true],
  ['all themes, account credentials', { themes: ['all'] }, { theme: 'opsAccountCredentials' }, false],
  ['its label', { contactLabels: ['work', 'home'] }, {}, true],
  ['another label', { contactLabels: ['work'] }, {}, false],
  ['a label where the contact has none', { contactLabels: ['work'] }, { label: null }, false],
  ['a matching label and another channel', { contactLabels: ['home'], channels: ['email'] }, {}, false],
  ['its first day', { startDate: '2026-03-04' }, {}, true],
  ['a day too early', { startDate: '2026-03-05' }, {}, false],
  ['its last day', { endDate: '2026-03-04' }, {}, true],
  ['a day too late', { endDate: '2026-03-03' }, {}, false],
  ['the weekday (0 is Monday)', { daysOfWeek: [2] }, {}, true],
  ['the other weekdays', { daysOfWeek: [0, 1, 3, 4, 5, 6] }, {}, false],
  ['an hour that is over', { timesOfDay: [{ fromHour: 0, toHour: 1 }] }, {}, true],
  ['hours of no length', { timesOfDay: [] }, {}, true],
  ['hours past midnight', { timesOfDay: [{ fromHour: 22, toHour: 6 }] }, {}, true],
  ['one that is deleted', { ...anything, deletedAt: new Date() }, {}, false],
  ["late evening in New York: still the company's day", wednesday, { now: '2026-03-05T04:59:59Z' }, true],
  ['midnight in New York: the next day', wednesday, { now: '2026-03-05T05:00:00Z' }, false],
  // The day of New York is Tuesday 21:00 to Wednesday 21:00 in Los Angeles.
  ['its own zone: Tuesday evening', { endDate: '2026-03-03', timezone: 'America/Los_Angeles' }, {}, true],
  ['its own zone: Monday', { endDate: '2026-03-02', timezone: 'America/Los_Angeles' }, {}, false],
  ['its own zone: Thursday', { startDate: '2026-03-05', timezone: 'America/Los_Angeles' }, {}, false],
  [
    'its own zone: an hour of Tuesday before the day began',
    { endDate: '2026-03-03', timezone: 'America/Los_Angeles', timesOfDay: [{ fromHour: 9, toHour: 21 }] },
    {},
    false,
  ],
  [
    'its own zone: an hour of Tuesday after the day began',
    { endDate: '2026-03-03', timezone: 'America/Los_Angeles', timesOfDay: [{ fromHour: 9, toHour: 22 }] },
    {},
    true,
  ],
  [
    'a zone that nobody knows: it cannot be told, so it refuses',
    { endDate: '2020-01-01', timezone: 'Mars/Base' },
    {},
    true,
  ],
  ['the day of a clock change', { ...wednesday, endDate: '2026-03-08' }, { now: '2026-03-09T03:59:59Z' }, true],
];

it.each(cases)('screens by %s', async (...[, note, asked, refused]) => {
  expect(await screened([note], asked)).toBe(refused);
});

it('leaves a contact out once, however many do-not-interacts there are', async () => {
  expect(await screened([{}, anything, { channels: ['voice'], contactLabels: ['home'] }], {})).toBe(true);
});

it('refuses one contact of a borrower and lets the other through, and lists the reason without the value', async () => {
  const { db, companyId } = bench;
  const person = await insertPerson(db, { companyId });
  const contact = { companyId, personKey: person.key };
  await insertContact(db, { ...contact, label: 'home', value: '+14155550111' });
  const work = await insertContact(db, { ...contact, label: 'work', value: '+14155550112' });
  await insertDoNotInteract(db, { ...contact, contactLabels: ['work'] });

  const { rows, counts, excluded } = await bench.run(`id\r\n${person.key}\r\n`, {
    checkCanInteractData: { theme: 'opsCollDebt', isAutodialed: false },
  });

  expect(rows).toEqual([[person.key, '+14155550111']]);
  expect(counts).toEqual({ noContact: 0, matched: 1, contacts: 2, screenedOut: { doNotInteract: 1 }, exported: 1 });
  expect(excluded).toEqual([
    [
      ...['2', person.key, '', work.id, 'doNotInteract consentMissing', 'do-not-interact at-work', 'reg-f 1'],
      'in force for voice; contactPersonWork not given',
    ],
  ]);
});

it('screens nobody where the exporter does not ask for it', async () => {
  const { db, companyId } = bench;
  const person = await insertPerson(db, { companyId });
  await insertContact(db, { companyId, personKey: person.key });
  await insertDoNotInteract(db, { companyId, personKey: person.key });

  const { counts } = await bench.run(`id\r\n${person.key}\r\n`, { checkCanInteractData: null });

  expect(counts).toMatchObject({ screenedOut: {}, exported: 1 });
});
