import { audienceBench } from '@muster/testing/audienceBench';
import { insertContact, insertDoNotInteract, insertLoan, insertPerson, insertRow } from '@muster/testing/factories';

type Bench = Awaited<ReturnType<typeof audienceBench>>;
let bench: Bench;
beforeAll(async () => (bench = await audienceBench()));
afterAll(() => bench.close());

const theme = 'opsCollDebt';

async function borrower(phones: number) {
  const { db, companyId } = bench;
  const person = await insertPerson(db, { companyId });
  for (let n = 0; n < phones; n++) await insertContact(db, { companyId, personKey: person.key });
  return person;
}

/** Rows of every fate, each a different number of times, so that no two counts are mistaken for each other. */
async function everyFate() {
  const { db, companyId } = bench;
  const [kept, blocked, silent] = [await borrower(1), await borrower(6), await borrower(0)];
  await insertDoNotInteract(db, { companyId, personKey: blocked.key });
  const others = await insertLoan(db, { companyId, personKey: blocked.key });
  const loans = await Promise.all(['a', 'b'].map(() => insertLoan(db, { companyId, personKey: silent.key })));
  const rows = [
    ...[`${kept.key},`, `${blocked.key},`], // go on
    ...loans.map(({ key }) => `${silent.key},${key}`), // noContact, twice
    ...[`${kept.key},`, `${blocked.key},`, `${blocked.key},`], // duplicate, three times
    ...[1, 2, 3, 4].map((n) => `98765432${n},`), // unknownBorrower
    ...[',', '-1,', `${kept.key},-1`, `${kept.key},${others.key}`, `${kept.key},LN-2222-2222`], // invalid, five times
  ];
  return ['id,loanId', ...rows, ''].join('\r\n');
}

it('lists exclusions whose first reasons add up to the counts of the run', async () => {
  const { input, counts, excluded } = await bench.run(await everyFate(), {
    checkCanInteractData: { theme, isAutodialed: false },
  });

  const listed: Record<string, number> = {};
  for (const row of excluded) {
    const first = row[4]!.split(' ')[0]!;
    listed[first] = (listed[first] ?? 0) + 1;
  }
  const { invalid, duplicate, unknownBorrower } = input;
  const counted = { invalid, duplicate, unknownBorrower, noContact: counts.noContact, ...counts.screenedOut };
  expect(listed).toEqual(counted);
  expect(counted).toEqual({ invalid: 5, duplicate: 3, unknownBorrower: 4, noContact: 2, doNotInteract: 6 });
});

it('explains each exclusion: all reasons, their rules, the packs and what was compared, but never a contact\u2019s value', async () => {
  const { db, companyId } = bench;
  const person = await insertPerson(db, { companyId });
  const at = { companyId, personKey: person.key };
  const contact = await insertContact(db, { ...at, value: '+12125550199', label: 'work', affiliation: 'employer' });
  const call = {
    channel: 'voice',
    direction: 'outbound',
    status: 'attempted',
    theme,
    startedAt: '2026-03-03T17:00:00Z',
  };
  for (let n = 0; n < 7; n++) await insertRow(db, 'interaction', { ...at, ...call });
  const loan = await insertLoan(db, { ...at, status: 'closed' });

  const { excluded } = await bench.run(`id,loanId\r\n${person.key},${loan.key}\r\n`, {
    checkCanInteractData: { theme, isAutodialed: false },
  });

  expect(excluded).toEqual([
    [
      ...['2', person.key, loan.key, contact.id, 'frequencyLimit consentMissing thirdPartyNotAuthorized loanNotActive'],
      ...['reg-f/calls-in-7-days at-work third-party loan-active', 'reg-f 1'],
      '7 of 7 attempts in 168 hours; contactPersonWork not given; affiliation employer; status closed',
    ],
  ]);
  expect(JSON.stringify(excluded)).not.toContain('5550199');
});

it('writes the same bytes again from the same rows and verdicts', async () => {
  const csv = await everyFate();
  const screened = { checkCanInteractData: { theme, isAutodialed: false } } as const;

  const first = await bench.run(csv, screened, { attempt: 2 });
  const second = await bench.run(csv, screened, { attempt: 3 });

  expect([second.excluded, second.matches, second.contacts]).toEqual([first.excluded, first.matches, first.contacts]);
});

it('names the zones of a contact in the same order, in whichever order its addresses are stored', async () => {
  const { db, companyId } = bench;
  const states = ['HI', 'NY', 'CA'];
  const people = [await borrower(1), await borrower(1)];
  for (const [nth, { key: personKey }] of people.entries()) {
    for (const state of nth === 0 ? states : [...states].reverse()) {
      await insertContact(db, { companyId, personKey, contactType: 'address', value: null, state });
    }
  }

  const { excluded } = await bench.run(`id\r\n${people.map(({ key }) => key).join('\r\n')}\r\n`, {
    checkCanInteractData: { theme, isAutodialed: false },
  });

  const zones = 'America/Los_Angeles,America/New_York,Pacific/Honolulu';
  const compared = `at 2026-03-04T17:00:00.000Z not 8 to 21 in all of {${zones}}`;
  expect(excluded.map((row) => row.at(-1))).toEqual([compared, compared]);
});
