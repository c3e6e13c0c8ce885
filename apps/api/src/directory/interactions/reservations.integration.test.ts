import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { insertLoan, insertPerson, insertReservation, type Keyed } from '@muster/testing/factories';
import { createApi } from '../../createApi.ts';

let bench: ApiBench;
beforeAll(async () => void (bench = await apiBench(createApi)));
afterAll(() => bench.close());

const called = { channel: 'voice', theme: 'opsCollDebt', status: 'attempted' };
const post = ({ id }: Keyed, body: object = {}) =>
  bench.call('POST', `/api/people/${id}/interactions`, { body: { ...called, ...body } });

/** A borrower with two loans, of whom runs have reserved: of one loan each, or of none. */
async function reservedBorrower(loans: readonly (0 | 1 | null)[]) {
  const { db } = bench;
  const { id: companyId } = bench.own;
  const person = await insertPerson(db, { companyId });
  const of = { companyId, personKey: person.key };
  const own = [await insertLoan(db, of), await insertLoan(db, of)];
  for (const [n, loan] of loans.entries()) {
    await insertReservation(db, {
      ...{ ...of, runId: `CR-${n}`, loanKey: loan === null ? null : own[loan]?.key, channel: 'voice' },
      ...{
        theme: 'opsCollDebt',
        reservedAt: new Date(Date.now() - 60_000 + n),
        expiresAt: new Date(Date.now() + 60_000),
      },
    });
  }
  return { person, loanIds: own.map(({ id }) => id) };
}

/** The interaction that has consumed each of them, oldest first. */
const consumers = async ({ key }: Keyed) =>
  (
    await bench.db.query<{ id: string | null }>(
      `select i.id from reserved v left join interaction i on i.key = v.consumed_by where v.person_key = $1 order by reserved_at`,
      [key],
    )
  ).map(({ id }) => id);

it('consumes what a run has reserved, of the loan that the call was about', async () => {
  const { person, loanIds } = await reservedBorrower([1, 0]);

  const { data } = await post(person, { loanId: loanIds[0] });

  expect(await consumers(person)).toEqual([null, data['id']]);
});

it('consumes one for each call, though all of them come at once, with and without loans', async () => {
  const { person, loanIds } = await reservedBorrower([0, 1, null, 0]);

  const answers = await Promise.all(
    [{}, { loanIds }, { loanId: loanIds[0] }, {}, { loanIds }].map((of) => post(person, of)),
  );

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  const found = await consumers(person);
  expect(new Set(found).size).toBe(4);
  expect(answers.map(({ data }) => data['id'])).toEqual(expect.arrayContaining(found));
});

it('leaves it alone where it is no attempt that counts', async () => {
  const { person } = await reservedBorrower([null]);
  await post(person, { status: 'failed' });
  await post(person, { theme: 'opsServicing' });
  await post(person, { direction: 'inbound' });
  await post(person, { startedAt: new Date(Date.now() - 3_600_000).toISOString() });
  expect(await consumers(person)).toEqual([null]);
});
