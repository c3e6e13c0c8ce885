import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { insertContact, insertDoNotInteract, insertLoan, insertPerson, insertRow } from '@muster/testing/factories';
import { createApi } from '../createApi.ts';

// The directory's part of the matrix in tenancy.integration.test.ts: every endpoint, with each id that it takes.

let bench: ApiBench;
let theirs: Ids;
let own: Ids;
type Ids = Record<'person' | 'displayId' | 'loan' | 'contact' | 'doNotInteract' | 'interaction' | 'decision', string>;
beforeAll(async () => {
  bench = await apiBench(createApi);
  theirs = await fill(bench.other.id, 'canary');
  own = await fill(bench.own.id, 'own');
});
afterAll(() => bench.close());

const required = { channel: 'voice', theme: 'opsCollDebt', status: 'succeeded' };
const asked = { channel: 'voice', theme: 'opsCollDebt' };

async function fill(companyId: string, name: string): Promise<Ids> {
  const person = await insertPerson(bench.db, { companyId, externalId: `${name} person`, firstName: name });
  const of = { companyId, personKey: person.key };
  const loan = await insertLoan(bench.db, { ...of, externalId: `${name} loan` });
  const contact = await insertContact(bench.db, { ...of, externalId: `${name} contact`, name });
  const doNotInteract = await insertDoNotInteract(bench.db, { ...of, externalId: `${name} dni`, caseId: '7' });
  const row = { ...of, ...required, externalId: `${name} interaction`, content: name };
  const { id: interaction } = await insertRow<{ id: string }>(bench.db, 'interaction', row);
  const decided = { ...of, decidedAt: new Date(), verdict: 'allowed' };
  const { key } = await insertRow<{ key: string }>(bench.db, 'decision', decided);
  const [made] = await bench.db.query<{ id: string }>(`select public_id('DC', $1, 12) as id`, [key]);
  return {
    ...{ person: person.id, displayId: person.key, loan: loan.id, contact: contact.id },
    ...{ doNotInteract, interaction, decision: made!.id },
  };
}

const PERSON = '/people/{person}';
const DNIS = `${PERSON}/cases/7/do-not-interacts`;
const changing = ['PUT', 'PATCH'] as const;
const forAll = (methods: readonly string[], path: string, body?: unknown): Row[] =>
  methods.map((method) => [method, path, body]);
type Row = [method: string, path: string, body: unknown];

const matrix: Row[] = [
  ...forAll(['GET'], PERSON),
  ...forAll(['GET'], '/people/{displayId}'),
  ...forAll(['GET'], '/people/ext-canary%20person?includeDeleted=true'),
  ...forAll(['GET'], '/people?startingAfter={person}'),
  ...forAll(changing, PERSON, { timeZone: 'UTC' }),
  ...forAll(['GET'], `${PERSON}/loans`),
  ...forAll(['POST'], `${PERSON}/loans`, {}),
  ...forAll(['GET'], `${PERSON}/loans/{loan}`),
  ...forAll(changing, `${PERSON}/loans/{loan}`, { status: 'closed' }),
  ...forAll(['GET'], `${PERSON}/contacts`),
  ...forAll(['POST'], `${PERSON}/contacts`, { contactType: 'phone', value: '+14155550123' }),
  ...forAll(['GET', 'DELETE'], `${PERSON}/contacts/{contact}`),
  ...forAll(changing, `${PERSON}/contacts/{contact}`, { verified: true }),
  ...forAll(['GET'], `${PERSON}/consents`),
  ...forAll(changing, `${PERSON}/consents`, [{ name: 'autodialedColl', status: 'consented' }]),
  ...forAll(['GET'], DNIS),
  ...forAll(['POST'], DNIS, {}),
  ...forAll(['GET', 'DELETE'], `${DNIS}/{doNotInteract}`),
  ...forAll(changing, `${DNIS}/{doNotInteract}`, { source: 'x' }),
  ...forAll(['GET'], `${PERSON}/interactions`),
  ...forAll(['POST'], `${PERSON}/interactions`, required),
  ...forAll(['GET'], '/interactions/{interaction}'),
  ...forAll(['GET'], '/interactions/ext-canary%20interaction'),
  ...forAll(['POST'], `${PERSON}/can-interact`, asked),
  ...forAll(['GET'], `${PERSON}/decisions`),
];

const filled = (text: string, ids: Ids) => text.replaceAll(/\{(\w+)\}/g, (_, name: keyof Ids) => ids[name]);
const send = (method: string, path: string, body: unknown) =>
  bench.call(method, `/api${path}`, { ...(body !== undefined && { body }) });

it.each(matrix)('answers %s %s of another company with 404', async (method, path, body) => {
  const answer = await send(method, filled(path, theirs), body);
  expect(answer).toMatchObject({ status: 404 });
  expect(answer.text.replaceAll(/ext-canary|startingAfter/g, '')).not.toMatch(/canary/);
});

it.each(matrix)('answers %s %s under the path of another company with 404', async (method, path, body) => {
  const answer = await send(method, `/companies/${bench.other.id}${filled(path, theirs)}`, body);
  expect(answer).toMatchObject({ status: 404, json: { code: 'companyNotFound' } });
});

it.each<[string, string]>([
  ['GET', '/loans/{loan}'],
  ['PUT', '/loans/{loan}'],
  ['GET', '/contacts/{contact}'],
  ['PUT', '/contacts/{contact}'],
  ['DELETE', '/contacts/{contact}'],
  ['GET', '/cases/7/do-not-interacts/{doNotInteract}'],
  ['PUT', '/cases/7/do-not-interacts/{doNotInteract}'],
  ['DELETE', '/cases/7/do-not-interacts/{doNotInteract}'],
  ['GET', '/loans?startingAfter={loan}'],
  ['GET', '/contacts?endingBefore={contact}'],
  ['GET', '/cases/7/do-not-interacts?startingAfter={doNotInteract}'],
  ['GET', '/interactions?startingAfter={interaction}'],
  ['GET', '/decisions?startingAfter={decision}'],
])('answers 404 to %s %s of another company under a person of the own one', async (method, path) => {
  const address = `/people/${own.person}${filled(path, theirs)}`;
  expect(await send(method, address, method === 'PUT' ? {} : undefined)).toMatchObject({ status: 404 });
});

it.each<[string, string, object]>([
  ['/loans', 'personId', {}],
  ['/contacts', 'personId', { contactType: 'email', value: 'a@example.com' }],
  ['/cases/7/do-not-interacts', 'personId', {}],
  ['/interactions', 'personId', required],
  ['/interactions', 'loanId', required],
  ['/interactions', 'loanIds', required],
  ['/interactions', 'contactId', required],
  ['/interactions', 'contactExternalId', required],
  ['/interactions', 'previousInteractionId', required],
  ['/can-interact', 'loanId', asked],
  ['/can-interact', 'loanIds', asked],
  ['/can-interact', 'contactId', asked],
  ['/can-interact', 'contactExternalId', asked],
])('takes no id of another company in a body of %s: %s', async (path, field, body) => {
  const of = field === 'loanIds' ? 'loan' : field === 'contactExternalId' ? 'contact' : named[field]!;
  const values = field === 'contactExternalId' ? ['canary contact', 'nothing'] : [theirs[of], 'ZZ-9999-9999'];
  const [foreign, unknown] = await Promise.all(
    values.map((value) =>
      send('POST', `/people/${own.person}${path}`, { ...body, [field]: field === 'loanIds' ? [value] : value }),
    ),
  );
  expect(foreign).toMatchObject({ status: 404 });
  expect({ ...foreign!.json, requestId: null }).toEqual({ ...unknown!.json, requestId: null });
});
const named: Record<string, keyof Ids> = {
  ...{ personId: 'person', loanId: 'loan', contactId: 'contact', previousInteractionId: 'interaction' },
};

it('shows in lists only what is the company\u2019s', async () => {
  expect((await send('GET', '/people', undefined)).list.map(({ id }) => id)).toEqual([own.person]);
});

it('left the other company as it was', async () => {
  const [counts] = await bench.db.query(
    `select (select count(*)::int from person where company_id = $1) as people, (select count(*)::int from loan where company_id = $1) as loans,
       (select count(*)::int from contact where company_id = $1 and not verified and deleted_at is null) as contacts,
       (select count(*)::int from consent where company_id = $1) as consents,
       (select count(*)::int from do_not_interact where company_id = $1 and deleted_at is null and source is null) as "doNotInteracts",
       (select count(*)::int from interaction where company_id = $1) as interactions,
       (select count(*)::int from decision where company_id = $1) as decisions`,
    [bench.other.id],
  );
  expect(counts).toEqual({
    people: 1,
    loans: 1,
    contacts: 1,
    consents: 0,
    doNotInteracts: 1,
    interactions: 1,
    decisions: 1,
  });
});
