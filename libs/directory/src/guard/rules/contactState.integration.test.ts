import { insertContact, insertPerson } from '@muster/testing/factories';
import { type GuardCase, guardBench, rulesOf } from '@muster/testing/guardBench';

let bench: Awaited<ReturnType<typeof guardBench>>;
beforeAll(async () => (bench = await guardBench()));
afterAll(() => bench.close());

const text = { channel: 'text' } as const;
const none: string[] = [];

const cases: [string, GuardCase, string[]][] = [
  ['a text, nothing said of texts', text, ['textNotPermitted text-permission: receiveTextMessages false']],
  ['a text, permitted', { ...text, contact: { receiveTextMessages: true } }, none],
  [
    'a text of servicing',
    { ...text, theme: 'opsServicing' },
    ['textNotPermitted text-permission: receiveTextMessages false'],
  ],
  ['a text to nobody in particular', { ...text, contact: null }, none],
  ['a call, nothing said of texts', {}, none],
  ['a contact that is not valid', { contact: { valid: false } }, ['contactInvalid valid: valid false']],
  [
    'one that is not valid, for servicing',
    { theme: 'opsServicing', contact: { valid: false } },
    ['contactInvalid valid: valid false'],
  ],
  ['one that is not verified', { contact: { verified: false } }, none],
  ['a primary one', { contact: { status: 'primary' } }, none],
  ['a secondary one', { contact: { status: 'secondary' } }, none],
  ['an additional one', { contact: { status: 'additional' } }, none],
  ['an archived one', { contact: { status: 'archived' } }, ['contactArchived archived: status archived']],
  [
    'a text to an archived one that is not valid',
    { ...text, contact: { status: 'archived', valid: false } },
    [
      'textNotPermitted text-permission: receiveTextMessages false',
      'contactInvalid valid: valid false',
      'contactArchived archived: status archived',
    ],
  ],
];

it.each(cases)('looks at the contact itself: %s', async (_what, asked, reasons) => {
  expect((await bench.ask(asked)).reasons).toEqual(reasons);
});

it('lets archived contacts through where the exporter asks for them, and nothing else', async () => {
  const { db, companyId } = bench;
  const person = await insertPerson(db, { companyId });
  const values = { companyId, personKey: person.key, status: 'archived', value: '+12125550101' } as const;
  await insertContact(db, values);
  await insertContact(db, { ...values, valid: false });

  const { counts } = await bench.run(`id\r\n${person.key}\r\n`, {
    contactMatchingCriteria: { status: ['archived'] },
    checkCanInteractData: { theme: 'opsCollDebt', isAutodialed: false },
  });

  expect(counts).toMatchObject({ contacts: 2, exported: 1, screenedOut: { contactInvalid: 1 } });
});

it('never looks at the other contacts', async () => {
  const others = [{ valid: false }, { status: 'archived' }, { label: 'work' }] as const;

  expect(rulesOf(await bench.ask({ others: [...others] }))).toEqual([]);
});
