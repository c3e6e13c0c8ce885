import { audienceBench } from '@muster/testing/audienceBench';
import {
  insertContact,
  insertDoNotInteract,
  insertLoan,
  insertPerson,
  insertRow,
  type NewContact,
} from '@muster/testing/factories';

let bench: Awaited<ReturnType<typeof audienceBench>>;
beforeAll(async () => (bench = await audienceBench()));
afterAll(() => bench.close());

async function borrower(contact: Partial<NewContact> = {}, values: object = {}) {
  const { db, companyId } = bench;
  const person = await insertPerson(db, { companyId, ...values });
  await insertContact(db, { companyId, personKey: person.key, ...contact });
  return { companyId, personKey: person.key };
}

/** One borrower for each fact that is gathered by person, each left out by it alone. */
async function oneOfEach() {
  const { db } = bench;
  const blocked = await borrower();
  await insertDoNotInteract(db, blocked);
  const represented = await borrower();
  await insertContact(db, { ...represented, contactType: 'email', affiliation: 'attorney' });
  const called = await borrower({}, { collectionsIntensity: 'light' });
  const loan = await insertLoan(db, called);
  const call = { ...called, channel: 'voice', status: 'attempted', theme: 'opsCollDebt', loanKeys: [loan.key] };
  for (const day of ['01', '02'])
    await insertRow(db, 'interaction', { ...call, startedAt: `2026-03-${day}T12:00:00Z` });
  const revoked = await borrower({ label: 'work' });
  await insertRow(db, 'consent', { ...revoked, name: 'contactPersonWork', status: 'revoked' });
  const asleep = await borrower();
  await insertContact(db, { ...asleep, contactType: 'address', state: 'Guam', status: 'secondary' });
  const free = await borrower();
  return [blocked, represented, { ...called, loan: loan.key }, revoked, asleep, free];
}

it('comes to the same verdicts whether facts are gathered first or looked up in the statement', async () => {
  const people = await oneOfEach();
  const rows = people.map((person) => `${person.personKey},${'loan' in person ? person.loan : ''}`);
  const csv = ['id,loanId', ...rows, ''].join('\r\n');
  const screened = { checkCanInteractData: { theme: 'opsCollDebt' as const, isAutodialed: false } };

  const gathered = await bench.run(csv, screened, { gatherFrom: 0 });
  const inline = await bench.run(csv, screened, { gatherFrom: Infinity });

  expect(gathered.counts.screenedOut).toEqual({
    ...{ consentRevoked: 1, doNotInteract: 1, frequencyLimit: 1, outsideAllowedHours: 1, representedByAttorney: 1 },
  });
  expect(gathered.counts.exported).toBe(1);
  expect(gathered.excluded).toEqual(inline.excluded);
  expect(gathered.contacts).toBe(inline.contacts);
  const left = await bench.db.query(`select tablename from pg_tables where schemaname = 'scratch' order by 1`);
  expect(left.map(({ tablename }) => String(tablename).split('_').at(-1))).toEqual(['checked', 'matched', 'source']);
});
