import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { insertContact, insertLoan, insertPerson, type Keyed, type NewPerson } from '@muster/testing/factories';
import { createApi } from '../createApi.ts';

let bench: ApiBench;
beforeAll(async () => void (bench = await apiBench(createApi)));
afterAll(() => bench.close());

const own = () => ({ companyId: bench.own.id });
const personOf = (values: Partial<NewPerson> = {}) => insertPerson(bench.db, { ...own(), ...values });
const of = (person: Keyed) => ({ ...own(), personKey: person.key });
/** As of noon: in New York, where the company is, it is never too early or too late then. */
const question = { channel: 'voice', theme: 'opsCollDebt', checkAtCompanyNoon: true };
const ask = (person: Keyed, change: object = {}, path = '/api') =>
  bench.call('POST', `${path}/people/${person.id}/can-interact`, { body: { ...question, ...change } });
const decisionsOf = async (person: Keyed) => (await bench.call('GET', `/api/people/${person.id}/decisions`)).list;
const setGuard = (url: string | null) =>
  bench.db.execute('update company set compliance_guard_url = $2 where id = $1', [bench.own.id, url]);

it('is answered in the envelope, with the pack, and how long it holds', async () => {
  const before = Date.now();
  const answer = await ask(await personOf());
  expect(answer).toMatchObject({
    status: 200,
    json: { status: 200, message: 'OK' },
    data: { result: true, reasons: [], rulePacks: [{ name: 'reg-f', version: '1' }] },
  });
  const [checkedAt, until] = ['checkedAt', 'validUntil'].map((name) => Date.parse(String(answer.data[name])));
  expect(checkedAt! - before).toBeLessThan(10_000);
  expect(until! - checkedAt!).toBeLessThanOrEqual(30 * 60_000);
});

it('takes a subject in place of a theme, and judges by the theme that it implies', async () => {
  const person = await personOf({ status: 'inactive' });
  const result = async (subject: string) => (await ask(person, { theme: null, subject })).data['result'];
  expect(await result('loanOverdueSecondNotice')).toBe(false); // collecting
  expect(await result('paymentDueDateReminder')).toBe(true);
  expect(await result('custom7')).toBe(true);
  expect((await decisionsOf(person)).map(({ theme }) => theme)).toEqual([null, 'opsServicing', 'opsCollDebt']);
});

it('minds a machine that dials only of voice', async () => {
  const person = await personOf();
  expect((await ask(person, { isAutodialed: true, channel: 'mail' })).data['result']).toBe(true);
});

it.each<[string, object, string[]]>([
  ['no channel', { channel: undefined }, ['channel required']],
  ['an unknown channel', { channel: 'telepathy' }, ['channel notAllowed']],
  ['neither theme nor subject', { theme: undefined }, ['theme required']],
  ['both theme and subject', { subject: 'freeForm' }, ['subject notAllowed']],
  ['an unknown theme', { theme: 'all' }, ['theme notAllowed']],
  [
    'several faults at once',
    { channel: 'x', theme: null, isAutodialed: 'no' },
    ['channel notAllowed', 'isAutodialed wrongType', 'theme required'],
  ],
  ['an unknown field', { phone: '+14155550101' }, ['phone unknownField']],
  ['a loan that can be none', { loanId: {} }, ['loanId wrongForm']],
  ['a person', { personId: 'BO-2222-2222' }, ['personId unknownField']],
])('refuses %s', async (_, change, faults) => {
  const person = await personOf();
  const answer = await ask(person, change);
  expect({ status: answer.status, faults: answer.faults }).toEqual({ status: 400, faults });
  expect(await decisionsOf(person)).toEqual([]);
});

it('takes no contact that the channel cannot use: it would answer for a place where nobody calls', async () => {
  const person = await personOf();
  const email = await insertContact(bench.db, { ...of(person), contactType: 'email', value: 'robin@example.com' });
  const answer = await ask(person, { contactId: email.id });
  expect({ status: answer.status, faults: answer.faults }).toEqual({ status: 400, faults: ['contactId notAllowed'] });
  expect((await ask(person, { contactId: email.id, channel: 'email' })).status).toBe(200);
});

it('knows no contact or loan of another person', async () => {
  const [person, other] = [await personOf(), await personOf()];
  const contact = await insertContact(bench.db, { ...of(other), externalId: 'of another' });
  const loan = await insertLoan(bench.db, of(other));
  for (const [field, named] of [
    ['contactId', { contactId: contact.id }],
    ['contactExternalId', { contactExternalId: 'of another' }],
    ['loanId', { loanId: loan.id }],
    ['loanIds[0]', { loanIds: [loan.key] }],
  ] as const) {
    const code = field.startsWith('loan') ? 'loanNotFound' : 'contactNotFound';
    expect(await ask(person, named)).toMatchObject({ status: 404, faults: [`${field} ${code}`] });
  }
  expect(await decisionsOf(person)).toEqual([]);
});

it('is asked under the path of the company as well, and of people by each of their names', async () => {
  const person = await personOf({ externalId: 'our person' });
  expect(await ask(person, {}, `/api/companies/${bench.own.id}`)).toMatchObject({ status: 200 });
  for (const name of [person.key, 'ext-our%20person']) {
    expect(await bench.call('POST', `/api/people/${name}/can-interact`, { body: question })).toMatchObject({
      status: 200,
    });
  }
  const { list } = await bench.call('GET', `/api/companies/${bench.own.id}/people/ext-our%20person/decisions`);
  expect(list).toHaveLength(3);
});

it.each([
  ['viewer', 403],
  ['operator', 200],
  ['service', 200],
] as const)('answers a %s with %i', async (role, status) => {
  const person = await personOf();
  const key = bench.own.keys[role];
  expect(await bench.call('POST', `/api/people/${person.id}/can-interact`, { key, body: question })).toMatchObject({
    status,
  });
  expect(await bench.call('GET', `/api/people/${person.id}/decisions`, { key })).toMatchObject({ status });
});

describe('where the company has a guard of its own', () => {
  beforeAll(() => setGuard('https://guard.example.com/checks'));
  afterAll(() => setGuard(null));

  it('asks it, too, without how to reach anybody: both must allow', async () => {
    const person = await personOf();
    const contact = await insertContact(bench.db, of(person));
    const loan = await insertLoan(bench.db, of(person));
    bench.outsideGuard.refuse(contact.id, 'theirReason');

    expect((await ask(person)).data).toMatchObject({ result: true });
    expect((await ask(person, { contactId: contact.id, loanId: loan.id })).data).toMatchObject({
      result: false,
      reasons: [
        { code: 'refusedOutside', ruleId: 'outside-guard', message: expect.stringMatching(/: theirReason$/) as string },
      ],
    });

    const { channel, theme, checkAtCompanyNoon } = question;
    const about = { channel, theme, checkAtCompanyNoon, isAutodialed: false };
    expect(bench.outsideGuard.asked.at(-1)).toEqual({
      url: 'https://guard.example.com/checks',
      checks: [{ ref: '0', personId: person.id, contactId: contact.id, loanId: loan.id, ...about }],
    });
    expect((await decisionsOf(person)).map(({ verdict }) => verdict)).toEqual(['refused', 'allowed']);
  });

  it('takes an answer that did not come for a no', async () => {
    const person = await personOf();
    const contact = await insertContact(bench.db, of(person));
    bench.outsideGuard.forget(contact.id);
    expect((await ask(person, { contactId: contact.id })).data).toMatchObject({ result: false });
  });

  it('does not ask it about what our own rules refuse', async () => {
    const { length } = bench.outsideGuard.asked;
    await ask(await personOf({ status: 'inactive' }));
    expect(bench.outsideGuard.asked).toHaveLength(length);
  });

  it.each([
    ['away', new TemporaryFailure('outsideGuardUnavailable', 'the guard is away')],
    ['talking nonsense', new PermanentFailure('outsideGuardMalformed', 'the guard answers what is no answer')],
  ])('decides nothing while it is %s, and stores nothing', async (_, failure) => {
    const person = await personOf();
    bench.outsideGuard.failures.push(failure);
    const answer = await ask(person);
    expect(answer).toMatchObject({ status: 503, json: { code: failure.code } });
    expect(answer.headers.get('retry-after')).not.toBeNull();
    expect(await decisionsOf(person)).toEqual([]);
  });

  it('holds no connection to the database while it waits for it', async () => {
    let open = (): void => undefined;
    bench.outsideGuard.gate = new Promise<void>((resolve) => (open = resolve));
    const people = await Promise.all(Array.from({ length: 6 }, () => personOf())); // more than the pool has
    const asking = people.map((person) => ask(person));
    try {
      while (bench.outsideGuard.underWay.now < 6) await bench.call('GET', '/api/people?limit=1');
    } finally {
      open();
    }
    for (const answer of await Promise.all(asking)) expect(answer).toMatchObject({ status: 200 });
    bench.outsideGuard.gate = undefined;
  });
});

describe('decisions', () => {
  it('are listed newest first, page by page, with what was compared', async () => {
    const person = await personOf({ status: 'inactive' });
    for (const theme of ['opsCollDebt', 'opsServicing', 'marketing']) await ask(person, { theme });
    const path = `/api/people/${person.id}/decisions`;

    const first = await bench.call('GET', `${path}?limit=2`);
    const second = await bench.call('GET', String(first.json['nextUrl']));

    expect(first.json).toMatchObject({ total: 3, count: 2, previousUrl: null });
    expect(first.list.map(({ theme }) => theme)).toEqual(['marketing', 'opsServicing']);
    expect(second.list).toEqual([
      {
        id: expect.stringMatching(/^DC-/) as string,
        ...{ object: 'decision', companyId: bench.own.id, personId: person.id, verdict: 'refused', run: null },
        ...{ contactId: null, loanIds: null, channel: 'voice', theme: 'opsCollDebt' },
        decidedAt: expect.any(String) as string,
        reasons: [
          {
            ...{ code: 'borrowerInactive', ruleId: 'borrower-active', compared: 'status inactive' },
            message: 'the person is not active: status inactive',
          },
        ],
        rulePacks: [{ name: 'reg-f', version: '1' }],
      },
    ]);
    expect(await bench.call('GET', String(second.json['previousUrl']))).toMatchObject({ list: first.list });
  });

  it('take no cursor of another person', async () => {
    const [person, other] = [await personOf(), await personOf()];
    await ask(other);
    const [theirs] = await decisionsOf(other);
    const answer = await bench.call('GET', `/api/people/${person.id}/decisions?startingAfter=${String(theirs!['id'])}`);
    expect(answer).toMatchObject({ status: 404, json: { code: 'cursorNotFound' } });
  });
});
