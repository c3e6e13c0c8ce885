import { type GuardCase, guardBench, rulesOf } from '@muster/testing/guardBench';

let bench: Awaited<ReturnType<typeof guardBench>>;
beforeAll(async () => (bench = await guardBench()));
afterAll(() => bench.close());

const attorney = { affiliation: 'attorney', value: '+12125550199' };
const others = [attorney];

const cases: [string, GuardCase, boolean][] = [
  ['no attorney', {}, false],
  ['an attorney', { others }, true],
  ["the attorney's own contact", { contact: attorney }, false],
  ["another of the attorney's contacts", { contact: attorney, others }, false],
  ['no contact named', { contact: null, others }, true],
  ['the spouse', { contact: { affiliation: 'spouse', authorizedThirdParty: true }, others }, true],
  ['an attorney of old', { others: [{ ...attorney, status: 'archived' }] }, false],
  ['an attorney that was deleted', { others: [{ ...attorney, deletedAt: new Date() }] }, false],
  ['an attorney whose phone is not valid', { others: [{ ...attorney, valid: false }] }, true],
  ["an attorney's address", { others: [{ ...attorney, contactType: 'address', value: null }] }, true],
  ['one of two is archived', { others: [attorney, { ...attorney, status: 'archived' }] }, true],
  ['agreed to', { others, consents: { contactPersonRepByAttorney: 'consented' } }, false],
  ['refused', { others, consents: { contactPersonRepByAttorney: 'revoked' } }, true],
  ['another collection theme', { others, theme: 'opsCollContactEmployerNotice' }, true],
  ['agentNotification: no collection theme', { others, theme: 'agentNotification' }, false],
  ['servicing', { others, theme: 'opsServicing' }, false],
  ['without a theme', { others, theme: null }, false],
  ['by e-mail', { others, channel: 'email', contact: { contactType: 'email' } }, true],
];

it.each(cases)('speaks to the attorney: %s', async (_what, asked, isRefused) => {
  expect(rulesOf(await bench.ask(asked))).toEqual(isRefused ? ['representedByAttorney attorney'] : []);
});

it('says what is on record', async () => {
  const said = async (asked: GuardCase) => (await bench.ask(asked)).reasons;

  expect(await said({ others })).toEqual([
    'representedByAttorney attorney: attorney on record, contactPersonRepByAttorney not given',
  ]);
  expect(await said({ others, consents: { contactPersonRepByAttorney: 'revoked' } })).toEqual([
    'representedByAttorney attorney: attorney on record, contactPersonRepByAttorney revoked',
  ]);
});
