import fc from 'fast-check';
import { insertCompany, insertLoan, insertPerson, insertReservation, insertRow } from '@muster/testing/factories';
import { csvOf, type ImportBench, importBench } from '@muster/testing/importBench';
import { consumeSlowly, type SlowAttempt, type SlowReservation } from '@muster/testing/slowGuard/consumeSlowly';

let bench: ImportBench;
beforeAll(async () => (bench = await importBench()));
afterAll(() => bench.close());

const at = (hours: number) => new Date(Date.parse('2026-03-04T17:00:00Z') + hours * 3_600_000);
let people = 0;

async function borrower(loans = 0) {
  const { all: db, companyId } = bench;
  const externalId = `p${++people}`;
  const { key } = await insertPerson(db, { companyId, externalId });
  const keys: string[] = [];
  for (let n = 0; n < loans; n++) {
    keys.push((await insertLoan(db, { companyId, personKey: key, externalId: `${externalId}-${n}` })).key);
  }
  return { key, externalId, loans: keys };
}
type Borrower = Awaited<ReturnType<typeof borrower>>;

const reserve = ({ key }: { key: string }, over: object = {}) =>
  insertReservation(bench.all, {
    companyId: bench.companyId,
    ...{ runId: 'CR-A', personKey: key, channel: 'voice', theme: 'opsCollDebt', reservedAt: at(0), expiresAt: at(168) },
    ...over,
  });
const call = ({ key }: { key: string }, over: object = {}) =>
  insertRow<{ key: string }>(bench.all, 'interaction', {
    companyId: bench.companyId,
    ...{ personKey: key, channel: 'voice', status: 'attempted', theme: 'opsCollDebt', startedAt: at(1) },
    ...over,
  });
const change = (key: string, columns: string) =>
  bench.all.execute(`update interaction set ${columns} where key = ${key}`);
/** What consumed each of a person's reservations, oldest first. */
const consumers = async ({ key }: { key: string }) =>
  (
    await bench.all.query<{ by: string | null }>(
      'select consumed_by as by from reserved where person_key = $1 order by reserved_at, run_id',
      [key],
    )
  ).map(({ by }) => by);

describe('an attempt that counts', () => {
  it('consumes the oldest reservation of its person and channel, and only one', async () => {
    const [robin, other] = [await borrower(), await borrower()];
    await reserve(robin, { runId: 'CR-B', reservedAt: at(-1) });
    await reserve(robin);
    await reserve(robin, { reservedAt: at(-2), channel: 'text' });
    await reserve(other, { reservedAt: at(-3) });

    const { key } = await call(robin);

    expect([await consumers(robin), await consumers(other)]).toEqual([[null, key, null], [null]]);
  });

  it('consumes none that is made, or was past, at that very moment', async () => {
    const robin = await borrower();
    await reserve(robin, { reservedAt: at(1) });
    await reserve(robin, { reservedAt: at(-167), expiresAt: at(1) });
    await call(robin);
    expect(await consumers(robin)).toEqual([null, null]);
  });

  it('consumes none of another company, whatever its rows say', async () => {
    const robin = await borrower();
    await reserve(robin, { companyId: await insertCompany(bench.all) });
    await call(robin);
    expect(await consumers(robin)).toEqual([null]);
  });
});

describe('an attempt that is told anew', () => {
  it('consumes once it is made, and no second time', async () => {
    const robin = await borrower();
    await reserve(robin);
    await reserve(robin, { reservedAt: at(0.5) });
    const { key } = await call(robin, { status: 'scheduled' });
    expect(await consumers(robin)).toEqual([null, null]);

    await change(key, `status = 'inProgress'`);
    await change(key, `status = 'succeeded'`);

    expect(await consumers(robin)).toEqual([key, null]);
  });

  const undone = {
    'was not made after all': `status = 'failed'`,
    'was about something else': `theme = 'opsServicing'`,
    'came from the borrower': `direction = 'inbound'`,
    'is deleted': 'deleted_at = now()',
    'was a letter': `channel = 'mail'`,
    'was made before': `started_at = '2026-03-04T17:00:00Z'`,
  };
  it.each(Object.entries(undone))('gives back what it has consumed where it %s', async (_, columns) => {
    const robin = await borrower();
    await reserve(robin);
    const { key } = await call(robin);
    expect(await consumers(robin)).toEqual([key]);

    await change(key, columns);

    expect(await consumers(robin)).toEqual([null]);
  });

  it('goes over to the loan that it was about', async () => {
    const robin = await borrower(2);
    const [first, second] = robin.loans;
    await reserve(robin, { loanKey: first });
    await reserve(robin, { loanKey: second, reservedAt: at(0.5) });
    const { key } = await call(robin, { loanKeys: [first] });
    expect(await consumers(robin)).toEqual([key, null]);

    await change(key, `loan_keys = array[${second}]`);

    expect(await consumers(robin)).toEqual([null, key]);
  });
});

it('never lets two attempts consume the same reservation, though they come at once', async () => {
  for (let round = 0; round < 5; round++) {
    const robin = await borrower();
    for (let n = 0; n < 5; n++) await reserve(robin, { runId: `CR-${n}` });

    const calls = await Promise.all(Array.from({ length: 9 }, () => call(robin)));

    const keys = calls.map(({ key }) => key);
    const found = await consumers(robin);
    expect(new Set(found).size).toBe(5);
    expect(keys).toEqual(expect.arrayContaining(found));
  }
});

const reservationArbitrary: fc.Arbitrary<SlowReservation> = fc.record({
  channel: fc.constantFrom('voice', 'voice', 'text'),
  loan: fc.constantFrom(null, 0, 1),
  reservedAt: fc.integer({ min: 0, max: 9 }),
  expiresAt: fc.constantFrom(12, 200, 200, 200),
  released: fc.constantFrom(false, false, false, true),
});
const attemptArbitrary: fc.Arbitrary<SlowAttempt> = fc.record({
  channel: fc.constantFrom('voice', 'voice', 'voice', 'text', 'email'),
  direction: fc.constantFrom('outbound', 'outbound', 'outbound', 'inbound'),
  status: fc.constantFrom('attempted', 'succeeded', 'inProgress', 'attempted', 'failed', 'scheduled', 'canceled'),
  theme: fc.constantFrom(
    'opsCollDebt',
    'opsCollDebt',
    'opsCollLocateBorrower',
    'agentNotification',
    'opsServicing',
    'marketing',
  ),
  loans: fc.constantFrom([], [], [0], [1], [0, 1]),
  startedAt: fc.integer({ min: 0, max: 14 }),
});
const pastArbitrary = fc.record({
  reservations: fc.uniqueArray(reservationArbitrary, {
    minLength: 2,
    maxLength: 5,
    selector: ({ reservedAt }) => reservedAt,
  }),
  attempts: fc.uniqueArray(attemptArbitrary, { minLength: 3, maxLength: 9, selector: ({ startedAt }) => startedAt }),
});
type Past = typeof pastArbitrary extends fc.Arbitrary<infer Value> ? Value : never;

async function storeReservations(past: Past, person: Borrower) {
  for (const { channel, loan, reservedAt, expiresAt, released } of past.reservations) {
    const [from, until] = [at(reservedAt), at(expiresAt)];
    const loanKey = loan === null ? null : person.loans[loan];
    await reserve(person, { channel, loanKey, reservedAt: from, expiresAt: until, releasedAt: released ? from : null });
  }
}

function lineOf({ channel, direction, status, theme, loans, startedAt }: SlowAttempt, person: Borrower, n: number) {
  const names = loans.map((loan) => `${person.externalId}-${loan}`).join('|');
  const cells = [`${person.externalId}-i${n}`, person.externalId, names, channel, direction, status, theme];
  return `${cells.join(',')},${at(startedAt).toISOString()}`;
}

/** The position of the attempt behind each reservation, oldest first. */
async function consumedOf(person: Borrower) {
  const rows = await bench.all.query<{ by: string | null }>(
    `select i.external_id as by from reserved v left join interaction i on i.key = v.consumed_by
     where v.person_key = $1 order by v.reserved_at`,
    [person.key],
  );
  return rows.map(({ by }) => (by === null ? null : Number(by.split('-i')[1])));
}

it('consumes as a slow model does, when a file brings in many attempts of many people at once', async () => {
  const pasts = fc.sample(pastArbitrary, { seed: 20_260_304, numRuns: 400 }).map(({ reservations, attempts }) => ({
    reservations: [...reservations].sort((a, b) => a.reservedAt - b.reservedAt),
    attempts,
  }));
  const cases: { past: Past; person: Borrower }[] = [];
  for (const past of pasts) cases.push({ past, person: await borrower(2) });
  for (const { past, person } of cases) await storeReservations(past, person);

  const lines = cases.flatMap(({ past, person }) => past.attempts.map((attempt, n) => lineOf(attempt, person, n)));
  const header = 'externalId,personId,loanIds,channel,direction,status,theme,startedAt';
  expect(await bench.load('interactions', csvOf(header, ...lines))).toMatchObject({ inserted: lines.length });

  const found = await Promise.all(cases.map(({ person }) => consumedOf(person)));
  expect(found).toEqual(cases.map(({ past }) => consumeSlowly(past.reservations, past.attempts)));
  expect(found.flat().filter((by) => by !== null).length).toBeGreaterThan(150);
  // the same file again changes nothing
  expect(await bench.load('interactions', csvOf(header, ...lines))).toMatchObject({ unchanged: lines.length });
  expect(await Promise.all(cases.map(({ person }) => consumedOf(person)))).toEqual(found);
});
