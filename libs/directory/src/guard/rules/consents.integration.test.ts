import { type GuardCase, guardBench, rulesOf } from '@muster/testing/guardBench';

let bench: Awaited<ReturnType<typeof guardBench>>;
beforeAll(async () => (bench = await guardBench()));
afterAll(() => bench.close());

const email = { channel: 'email', contact: { contactType: 'email', label: null, value: 'a@example.com' } } as const;
const text = { channel: 'text', contact: { receiveTextMessages: true } } as const;
const work = { contact: { label: 'work' } };
const employer = { contact: { affiliation: 'employer', authorizedThirdParty: true } };
const autodialed = { isAutodialed: true };
const none: string[] = [];

const cases: [string, GuardCase, string[]][] = [
  // Electronic messages: agreed to by default.
  ['an e-mail, nothing on record', email, none],
  ['an e-mail, agreed to', { ...email, consents: { electronicComms: 'consented' } }, none],
  ['an e-mail, revoked', { ...email, consents: { electronicComms: 'revoked' } }, ['consentRevoked electronic']],
  ['a text, revoked', { ...text, consents: { electronicComms: 'revoked' } }, ['consentRevoked electronic']],
  ['a chat, revoked', { channel: 'chat', consents: { electronicComms: 'revoked' } }, ['consentRevoked electronic']],
  ['a call, electronic ones revoked', { consents: { electronicComms: 'revoked' } }, none],
  [
    'a letter, electronic ones revoked',
    { channel: 'mail', contact: { contactType: 'address' }, consents: { electronicComms: 'revoked' } },
    none,
  ],
  [
    'an e-mail of servicing, revoked',
    { ...email, theme: 'opsServicing', consents: { electronicComms: 'revoked' } },
    ['consentRevoked electronic'],
  ],
  [
    'an e-mail without a theme, revoked',
    { ...email, theme: null, consents: { electronicComms: 'revoked' } },
    ['consentRevoked electronic'],
  ],
  [
    'an e-mail to nobody in particular, revoked',
    { ...email, contact: null, consents: { electronicComms: 'revoked' } },
    ['consentRevoked electronic'],
  ],

  // At work.
  ['at work, nothing on record', work, ['consentMissing at-work']],
  ['at work, agreed to', { ...work, consents: { contactPersonWork: 'consented' } }, none],
  ['at work, revoked', { ...work, consents: { contactPersonWork: 'revoked' } }, ['consentRevoked at-work']],
  ['at work, servicing', { ...work, theme: 'opsServicing' }, none],
  ['at work, agentNotification: no collection theme', { ...work, theme: 'agentNotification' }, none],
  ['the employer, nothing on record', employer, ['consentMissing at-work']],
  ['the employer, agreed to', { ...employer, consents: { contactPersonWork: 'consented' } }, none],
  [
    'the employer, asked for verification',
    { ...employer, theme: 'opsCollVerifyEmployment' },
    ['consentMissing at-work'],
  ],
  ['a contact without a label', { contact: { label: null } }, none],
  ['no contact named', { contact: null }, none],
  [
    'an e-mail at work, both revoked',
    {
      ...email,
      contact: { ...email.contact, label: 'work' },
      consents: { contactPersonWork: 'revoked', electronicComms: 'revoked' },
    },
    ['consentRevoked electronic', 'consentRevoked at-work'],
  ],

  // By a machine.
  ['autodialed, nothing on record', autodialed, ['consentMissing autodialed']],
  ['autodialed, agreed to', { ...autodialed, consents: { autodialedColl: 'consented' } }, none],
  ['autodialed, revoked', { ...autodialed, consents: { autodialedColl: 'revoked' } }, ['consentRevoked autodialed']],
  ['autodialed, servicing', { ...autodialed, theme: 'opsServicing' }, none],
  ['autodialed, agentNotification: no collection theme', { ...autodialed, theme: 'agentNotification' }, none],
  ['autodialed counts for calls only: an e-mail', { ...autodialed, ...email }, none],
  ['autodialed counts for calls only: a text', { ...autodialed, ...text }, none],
  ['dialed by hand, revoked', { consents: { autodialedColl: 'revoked' } }, none],

  // A revoked one comes before one that was never given.
  [
    'at work by a machine, one revoked',
    { ...work, ...autodialed, consents: { autodialedColl: 'revoked' } },
    ['consentRevoked autodialed', 'consentMissing at-work'],
  ],
];

it.each(cases)('asks for consent: %s', async (_what, asked, refused) => {
  expect(rulesOf(await bench.ask(asked))).toEqual(refused);
});

it('says which consent, and what is on record', async () => {
  expect((await bench.ask({ ...work, ...autodialed, consents: { autodialedColl: 'revoked' } })).reasons).toEqual([
    'consentRevoked autodialed: autodialedColl revoked',
    'consentMissing at-work: contactPersonWork not given',
  ]);
});

it('never takes the consent of another borrower', async () => {
  await bench.ask({ ...work, consents: { contactPersonWork: 'consented' } });

  expect(rulesOf(await bench.ask(work))).toEqual(['consentMissing at-work']);
});
