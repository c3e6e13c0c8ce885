import { defaultGuardSettings } from '@muster/core/guardSettings';
import { audienceBench } from '@muster/testing/audienceBench';
import {
  insertCompany,
  insertContact,
  insertDoNotInteract,
  insertLoan,
  insertPerson,
  insertRow,
  type Keyed,
} from '@muster/testing/factories';
import { canInteract, type Question } from './canInteract.ts';

let bench: Awaited<ReturnType<typeof audienceBench>>;
beforeAll(async () => (bench = await audienceBench()));
afterAll(() => bench.close());

/** Asks whether a debt may be collected by phone, at 12:34 in New York. */
function ask({ key: personKey }: Keyed, change: Partial<Question> = {}) {
  const { db, companyId } = bench;
  return canInteract(db, {
    ...{ companyId, timeZone: 'America/New_York', guard: defaultGuardSettings, now: new Date('2026-03-04T17:34:00Z') },
    ...{ personKey, loanKeys: [], contactKey: null, channel: 'voice', theme: 'opsCollDebt' },
    ...{ isAutodialed: false, checkAtCompanyNoon: false, ...change },
  });
}
const codesOf = async (...asked: Parameters<typeof ask>) => (await ask(...asked)).reasons.map(({ code }) => code);

it('gives every reason that speaks against it, with the rule, the pack and what was compared', async () => {
  const { db, companyId } = bench;
  const person = await insertPerson(db, { companyId });
  const contact = await insertContact(db, { companyId, personKey: person.key });
  const call = { channel: 'voice', status: 'attempted', theme: 'opsCollDebt' };
  for (let n = 0; n < 8; n++) {
    const startedAt = new Date('2026-03-04T10:00:00Z');
    const statusDetails = n === 0 ? 'voiceSpokeWithFirstParty' : null;
    await insertRow(db, 'interaction', { companyId, personKey: person.key, ...call, startedAt, statusDetails });
  }

  const verdict = await ask(person, { contactKey: contact.key, isAutodialed: true });

  expect(verdict).toEqual({
    allowed: false,
    reasons: [
      { code: 'frequencyLimit', ruleId: 'reg-f/calls-in-7-days', compared: '8 of 7 attempts in 168 hours' },
      { code: 'recentConversation', ruleId: 'reg-f/conversation', compared: 'spoken 7 of 168 hours ago' },
      { code: 'consentMissing', ruleId: 'autodialed', compared: 'autodialedColl not given' },
    ],
    rulePacks: 'reg-f 1',
    callFrom: '2026-03-04T08:00:00-08:00',
    callUntil: '2026-03-04T21:00:00-08:00',
  });
});

it('needs every loan to allow it, and tells each reason once', async () => {
  const { db, companyId } = bench;
  const person = await insertPerson(db, { companyId, status: 'inactive' });
  const loanOf = async (status: 'active' | 'closed') =>
    (await insertLoan(db, { companyId, personKey: person.key, status })).key;
  const [open, over] = [await loanOf('active'), await loanOf('closed')];

  expect(await codesOf(person, { loanKeys: [open] })).toEqual(['borrowerInactive']);
  expect(await codesOf(person, { loanKeys: [open, over] })).toEqual(['borrowerInactive', 'loanNotActive']);
});

it('knows no contact of another person, or of another company', async () => {
  const { db, companyId } = bench;
  const [person, other] = [await insertPerson(db, { companyId }), await insertPerson(db, { companyId })];
  const theirs = await insertContact(db, { companyId, personKey: other.key });
  const foreignCompany = await insertCompany(db);
  const stranger = await insertPerson(db, { companyId: foreignCompany });

  await expect(ask(person, { contactKey: theirs.key })).rejects.toMatchObject({ code: 'contactNotFound' });
  await expect(ask(stranger)).rejects.toThrow('nobody was asked about');
});

it('minds a do-not-interact without a zone in each zone of the contact, and in no other', async () => {
  const { db, companyId } = bench;
  const person = await insertPerson(db, { companyId });
  const dni = { companyId, personKey: person.key, timesOfDay: [{ fromHour: 9, toHour: 10 }] };
  await insertDoNotInteract(db, dni); // 9:34 in Los Angeles, 12:34 in New York
  const contactIn = async (value: string) => (await insertContact(db, { companyId, personKey: person.key, value })).key;

  expect(await codesOf(person, { contactKey: await contactIn('+14155550101') })).toEqual(['doNotInteract']);
  expect(await codesOf(person, { contactKey: await contactIn('+12125550101') })).toEqual([]);
});

it('judges a business as it does a person', async () => {
  const { db, companyId } = bench;
  const business = await insertPerson(db, { companyId, borrowerType: 'business' });
  expect(await codesOf(business)).toEqual([]);
  expect(await codesOf(business, { isAutodialed: true })).toEqual(['consentMissing']);
});
