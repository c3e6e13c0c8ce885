import { affiliations, themes } from '@muster/core/contactExporter';
import { type GuardCase, guardBench, rulesOf, type Tried } from '@muster/testing/guardBench';

let bench: Awaited<ReturnType<typeof guardBench>>;
beforeAll(async () => (bench = await guardBench()));
afterAll(() => bench.close());

const spouse = { affiliation: 'spouse' };
const consents = { contactPersonWork: 'consented' } as const; // else the employer is refused for that
const isOwn = ['self', 'coBorrower', 'attorney'];

it.each(affiliations)('tells a debt to %s only if it may', async (affiliation) => {
  const refused = isOwn.includes(affiliation) ? [] : ['thirdPartyNotAuthorized third-party'];

  expect(rulesOf(await bench.ask({ consents, contact: { affiliation } }))).toEqual(refused);
  expect(rulesOf(await bench.ask({ consents, contact: { affiliation, authorizedThirdParty: true } }))).toEqual([]);
  expect(rulesOf(await bench.ask({ consents, contact: { affiliation, powerOfAttorney: true } }))).toEqual([]);
});

const refusedThemes = ['opsCollDebt', 'agentNotification'];

it.each(themes)('asks %s of a spouse only if it may', async (theme) => {
  const refused = refusedThemes.includes(theme) ? ['thirdPartyNotAuthorized third-party'] : [];

  expect(rulesOf(await bench.ask({ theme, contact: spouse }))).toEqual(refused);
});

const robin = { ...spouse, name: 'Robin A' };
const elsewhere = '+12125550199';
const located: Tried = { hoursAgo: 10_000, at: 'asked', status: 'succeeded', theme: 'opsCollLocateBorrower' };
const locate = (tried: Partial<Tried> = {}, over: GuardCase = {}): GuardCase => ({
  ...{ theme: 'opsCollLocateBorrower', contact: spouse, tried: [{ ...located, ...tried }], ...over },
});

const cases: [string, GuardCase, boolean][] = [
  ['asked before, however long ago', locate(), true],
  ['only tried', locate({ status: 'attempted' }), false],
  ['tried in vain', locate({ status: 'failed' }), false],
  ['asked for something else', locate({ theme: 'opsCollVerifyEmployment' }), false],
  ['asked by e-mail', locate({ channel: 'email' }), true],
  ['they have called', locate({ direction: 'inbound' }), true],
  ['deleted', locate({ deletedAt: new Date() }), false],
  ['at another number of theirs', locate({ at: 0 }, { contact: robin, others: [robin] }), true],
  [
    'at a number that is gone',
    locate({ at: 0 }, { contact: robin, others: [{ ...robin, deletedAt: new Date() }] }),
    true,
  ],
  [
    'whose name was written otherwise',
    locate({ at: 0 }, { contact: robin, others: [{ ...robin, name: ' robin  A' }] }),
    true,
  ],
  ['somebody without a name was asked', locate({ at: 0 }, { contact: robin, others: [spouse] }), true],
  [
    'somebody with a name of blanks was asked',
    locate({ at: 0 }, { contact: robin, others: [{ ...spouse, name: ' ' }] }),
    true,
  ],
  ['has no name, and somebody was asked', locate({ at: 0 }, { others: [robin] }), true],
  [
    'somebody else was asked',
    locate({ at: 0 }, { contact: robin, others: [{ ...robin, name: 'Sam', value: elsewhere }] }),
    false,
  ],
  [
    'another affiliation was asked',
    locate({ at: 0 }, { contact: robin, others: [{ ...robin, affiliation: 'relative', value: elsewhere }] }),
    false,
  ],
  ['somebody was asked, nobody knows at which contact', locate({ at: undefined }, { contact: robin }), true],
  [
    'at the same number under another name',
    locate({ at: 0 }, { contact: robin, others: [{ ...spouse, name: 'Ann' }] }),
    true,
  ],
  ['the borrower', locate({}, { contact: {} }), false],
  ['the co-borrower', locate({}, { contact: { affiliation: 'coBorrower' } }), false],
  ['somebody authorized', locate({}, { contact: { ...spouse, authorizedThirdParty: true } }), false],
  ['no contact named', locate({ at: 0 }, { contact: null, others: [spouse] }), false],
  ['asked before, and now for employment', locate({}, { theme: 'opsCollVerifyEmployment' }), false],
];

it.each(cases)('asks once where the borrower is: %s', async (_what, asked, isRefused) => {
  expect(rulesOf(await bench.ask(asked))).toEqual(isRefused ? ['thirdPartyNotAuthorized locate-once'] : []);
});

it('says who it is', async () => {
  expect((await bench.ask({ contact: spouse })).reasons).toEqual([
    'thirdPartyNotAuthorized third-party: affiliation spouse',
  ]);
  expect((await bench.ask(locate())).reasons).toEqual([
    'thirdPartyNotAuthorized locate-once: affiliation spouse, asked before',
  ]);
});

it('asks nobody in particular without a word', async () => {
  expect(rulesOf(await bench.ask({ contact: null, others: [spouse] }))).toEqual([]);
});
