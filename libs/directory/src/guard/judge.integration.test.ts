import { type GuardCase, guardBench, rulesOf, type Tried } from '@muster/testing/guardBench';

let bench: Awaited<ReturnType<typeof guardBench>>;
beforeAll(async () => (bench = await guardBench()));
afterAll(() => bench.close());

const spoken: Tried = { hoursAgo: 24, statusDetails: 'voiceSpokeWithFirstParty' };

/** Somebody of whom everything speaks against a call. */
const everything: GuardCase = {
  person: { status: 'inactive', collectionsIntensity: 'light', timeZone: 'Asia/Tokyo' },
  contact: { affiliation: 'employer', label: 'work', valid: false },
  others: [{ affiliation: 'attorney' }],
  loans: [{ status: 'closed' }],
  about: [0],
  consents: { autodialedColl: 'revoked' },
  doNotInteracts: [{}],
  tried: [spoken, spoken],
  isAutodialed: true,
};

it('gives all reasons, in the order of the contract', async () => {
  expect(rulesOf(await bench.ask(everything))).toEqual([
    'doNotInteract do-not-interact',
    'representedByAttorney attorney',
    'frequencyLimit reg-f/calls-in-7-days',
    'recentConversation reg-f/conversation',
    'outsideAllowedHours reg-f/hours',
    'consentRevoked autodialed',
    'consentMissing at-work',
    'contactInvalid valid',
    'thirdPartyNotAuthorized third-party',
    'borrowerInactive borrower-active',
    'loanNotActive loan-active',
  ]);
});

it('gives those that come by text alone, in the order of the contract', async () => {
  const asked: GuardCase = {
    ...everything,
    channel: 'text',
    contact: { ...everything.contact, status: 'archived' },
    consents: { electronicComms: 'revoked' },
  };

  expect(rulesOf(await bench.ask(asked))).toEqual([
    'doNotInteract do-not-interact',
    'representedByAttorney attorney',
    'outsideAllowedHours reg-f/hours',
    'consentRevoked electronic',
    'consentMissing at-work',
    'textNotPermitted text-permission',
    'contactInvalid valid',
    'contactArchived archived',
    'thirdPartyNotAuthorized third-party',
    'borrowerInactive borrower-active',
    'loanNotActive loan-active',
  ]);
});

it('names no value of any contact in what was compared', async () => {
  const { reasons } = await bench.ask(everything);

  expect(reasons.join()).not.toContain('555');
});

it('asks only of the person where no contact is named', async () => {
  expect(rulesOf(await bench.ask({ ...everything, contact: null }))).toEqual([
    'doNotInteract do-not-interact',
    'representedByAttorney attorney',
    'frequencyLimit reg-f/calls-in-7-days',
    'recentConversation reg-f/conversation',
    'outsideAllowedHours reg-f/hours',
    'consentRevoked autodialed',
    'borrowerInactive borrower-active',
    'loanNotActive loan-active',
  ]);
});

it('lets through what nothing speaks against, and says by which pack', async () => {
  expect(await bench.ask({})).toEqual({ reasons: [], packs: 'reg-f 1' });
});
