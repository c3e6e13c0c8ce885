import { reasonCodes } from '@muster/directory/guard/asked';
import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import {
  insertContact,
  insertDoNotInteract,
  insertLoan,
  insertPerson,
  insertRow,
  type Keyed,
  type NewPerson,
} from '@muster/testing/factories';
import { createApi } from '../createApi.ts';

let bench: ApiBench;
beforeAll(async () => void (bench = await apiBench(createApi)));
afterAll(() => bench.close());

const own = () => ({ companyId: bench.own.id });
const personOf = (values: Partial<NewPerson> = {}) => insertPerson(bench.db, { ...own(), ...values });
const of = (person: Keyed) => ({ ...own(), personKey: person.key });
/** As of noon: in New York, where the company is, it is never too early or too late then. */
const question = { channel: 'voice', theme: 'opsCollDebt', checkAtCompanyNoon: true };
const ask = (person: Keyed, change: object = {}) =>
  bench.call('POST', `/api/people/${person.id}/can-interact`, { body: { ...question, ...change } });
const decisionsOf = async (person: Keyed) => (await bench.call('GET', `/api/people/${person.id}/decisions`)).list;
const call = (person: Keyed, values: object = {}) =>
  insertRow(bench.db, 'interaction', {
    ...of(person),
    ...{ channel: 'voice', status: 'attempted', theme: 'opsCollDebt' },
    startedAt: new Date(Date.now() - 3 * 3_600_000),
    ...values,
  });

interface Case {
  ruleId: string;
  said: RegExp;
  /** What there is of the person. */
  given?: (person: Keyed) => Promise<unknown>;
  /** What it adds to the question. */
  asking?: (person: Keyed) => Promise<object>;
}

const contactOf = (values: object) => async (person: Keyed) => {
  const { id: contactId } = await insertContact(bench.db, { ...of(person), ...values });
  return { contactId };
};
const set = (change: string) => (person: Keyed) =>
  bench.db.execute(`update person set ${change} where key = $1`, [person.key]);

const cases: Record<string, Case> = {
  doNotInteract: {
    ruleId: 'do-not-interact',
    said: /in force for voice$/,
    given: (person) => insertDoNotInteract(bench.db, of(person)),
  },
  representedByAttorney: {
    ruleId: 'attorney',
    said: /attorney on record, contactPersonRepByAttorney not given$/,
    given: (person) => insertContact(bench.db, { ...of(person), affiliation: 'attorney' }),
  },
  frequencyLimit: {
    ruleId: 'reg-f/calls-in-7-days',
    said: /: 7 of 7 attempts in 168 hours$/,
    given: (person) => Promise.all(Array.from({ length: 7 }, () => call(person))),
  },
  recentConversation: {
    ruleId: 'reg-f/conversation',
    said: /: spoken 3 of 168 hours ago$/,
    given: (person) =>
      call(person, {
        ...{ direction: 'inbound', status: 'succeeded', statusDetails: 'voiceSpokeWithFirstParty' },
      }),
  },
  outsideAllowedHours: {
    ruleId: 'reg-f/hours',
    said: /not 8 to 21 in all of \{Pacific\/Kiritimati\}$/,
    given: set(`time_zone = 'Pacific/Kiritimati'`),
  },
  consentRevoked: {
    ruleId: 'electronic',
    said: /: electronicComms revoked$/,
    asking: async (person) => {
      await insertRow(bench.db, 'consent', { ...of(person), name: 'electronicComms', status: 'revoked' });
      return { channel: 'email' };
    },
  },
  consentMissing: {
    ruleId: 'autodialed',
    said: /: autodialedColl not given$/,
    asking: async () => ({ isAutodialed: true }),
  },
  textNotPermitted: {
    ruleId: 'text-permission',
    said: /: receiveTextMessages false$/,
    asking: async (person) => ({ ...(await contactOf({})(person)), channel: 'text' }),
  },
  contactInvalid: { ruleId: 'valid', said: /: valid false$/, asking: contactOf({ valid: false }) },
  contactArchived: { ruleId: 'archived', said: /: status archived$/, asking: contactOf({ status: 'archived' }) },
  thirdPartyNotAuthorized: {
    ruleId: 'third-party',
    said: /: affiliation spouse$/,
    asking: async (person) => {
      await contactOf({ affiliation: 'spouse', externalId: `of ${person.id}` })(person);
      return { contactExternalId: `of ${person.id}` };
    },
  },
  borrowerInactive: { ruleId: 'borrower-active', said: /: status inactive$/, given: set(`status = 'inactive'`) },
  loanNotActive: {
    ruleId: 'loan-active',
    said: /: status paidOff$/,
    asking: async (person) => {
      const open = await insertLoan(bench.db, of(person));
      const over = await insertLoan(bench.db, { ...of(person), status: 'paidOff' });
      return { loanId: Number(open.key), loanIds: [over.id] };
    },
  },
};

it.each(Object.keys(cases))('is refused with %s, its rule and what was compared', async (code) => {
  const { ruleId, said, given, asking } = cases[code]!;
  const person = await personOf();
  await given?.(person);
  const change = await asking?.(person);

  const { status, data } = await ask(person, change);

  const message = expect.stringMatching(said) as string;
  expect({ status, data }).toMatchObject({
    status: 200,
    data: { result: false, reasons: [{ code, ruleId, message }] },
  });
  expect(JSON.stringify(data)).not.toContain('4155550101');
  expect(await decisionsOf(person)).toMatchObject([
    { verdict: 'refused', run: null, decidedAt: data['checkedAt'], reasons: [{ code, ruleId }] },
  ]);
});

it('is tried with every reason of our own rules', () => {
  expect(Object.keys(cases)).toEqual(reasonCodes.filter((code) => code !== 'refusedOutside'));
});

it('is refused with all reasons, in the order of the rules', async () => {
  const person = await personOf({ status: 'inactive' });
  await insertDoNotInteract(bench.db, of(person));
  const { data } = await ask(person, { isAutodialed: true });
  const codes = (data['reasons'] as { code: string }[]).map(({ code }) => code);
  expect(codes).toEqual(['doNotInteract', 'consentMissing', 'borrowerInactive']);
});
