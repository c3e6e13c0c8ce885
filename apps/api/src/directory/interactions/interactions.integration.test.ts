import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { insertContact, insertLoan, insertPerson, insertRow, type Keyed } from '@muster/testing/factories';
import { createApi } from '../../createApi.ts';

let bench: ApiBench;
let own: Objects;
let others: Objects;
interface Objects {
  person: Keyed;
  loan: Keyed;
  second: Keyed;
  contact: Keyed;
}
beforeAll(async () => {
  bench = await apiBench(createApi);
  [own, others] = [await fill('own'), await fill('others')];
});
afterAll(() => bench.close());

async function fill(name: string): Promise<Objects> {
  const { id: companyId } = bench.own;
  const person = await insertPerson(bench.db, { companyId, externalId: name });
  const of = { companyId, personKey: person.key };
  return {
    person,
    loan: await insertLoan(bench.db, { ...of, externalId: `${name} loan` }),
    second: await insertLoan(bench.db, of),
    contact: await insertContact(bench.db, { ...of, externalId: `${name} contact` }),
  };
}

const required = { channel: 'voice', theme: 'opsCollDebt', status: 'succeeded' };
const post = (body: object) => bench.call('POST', `/api/people/${own.person.id}/interactions`, { body });
const crossed = (from: string, to: string) => ({ [from]: '2026-03-08T05:00:00Z', [to]: '2026-03-08T04:59:59Z' });
const anyText = expect.any(String) as string;

it('answers what was recorded', async () => {
  const previous = (await post(required)).data;
  const body = {
    ...{ ...required, direction: 'inbound', statusDetails: 'voiceSpokeWithFirstParty', subject: 'mySubject' },
    ...{ content: 'She called\nback.', caseId: 'CS-2345-6789', externalId: 'call 1', metaData: { agent: '7' } },
    ...{ startedAt: '2026-03-08T05:00:00.250Z', endedAt: '2026-03-08T05:10:00.000Z' },
    ...{ scheduledAtFrom: '2026-03-08T04:00:00.000Z', scheduledAtTo: '2026-03-08T06:00:00.000Z' },
    ...{ isTransactional: true, sensitive: false, previousInteractionId: previous['id'] },
    ...{ failureDescriptionShort: 'none', failureDescriptionLong: 'none\nat all', complianceGuardRuleId: 'r1' },
    ...{ loanId: own.loan.id, loanIds: [own.loan.id, own.second.id] },
    ...{ contactId: own.contact.id, contactExternalId: 'own contact' },
  };
  const { status, data } = await post(body);
  expect(status).toBe(200);
  expect(data).toEqual({
    ...body,
    id: expect.stringMatching(/^IN-[2-9A-Z]{6}-[2-9A-Z]{6}$/) as string,
    object: 'interaction',
    companyId: bench.own.id,
    personId: own.person.id,
    createdAt: anyText,
    updatedAt: anyText,
    deletedAt: null,
  });
  for (const name of [data['id'], 'ext-call%201']) {
    expect((await bench.call('GET', `/api/interactions/${String(name)}`)).data).toEqual(data);
  }
});

it('needs channel, theme and status, and takes the defaults', async () => {
  expect(await post({})).toMatchObject({
    status: 400,
    faults: ['channel required', 'status required', 'theme required'],
  });
  const before = await bench.db.now();
  const { data } = await post(required);
  expect(data).toMatchObject({ direction: 'outbound', loanId: null, loanIds: [], contactId: null, endedAt: null });
  expect(Date.parse(String(data['startedAt']))).toBeGreaterThanOrEqual(before.getTime() - 1);
});

it.each<[string, object, string]>([
  ['an unknown channel', { channel: 'pigeon' }, 'channel notAllowed'],
  ['an unknown status', { status: 'done' }, 'status notAllowed'],
  ['an unknown theme', { theme: 'all' }, 'theme notAllowed'],
  ['an end before the beginning', crossed('startedAt', 'endedAt'), 'endedAt endsBeforeStart'],
  ['a window that ends before it begins', crossed('scheduledAtFrom', 'scheduledAtTo'), 'scheduledAtTo endsBeforeStart'],
  ['a moment that is none', { startedAt: '2026-02-30T00:00:00Z' }, 'startedAt wrongForm'],
  ['a conversation in another spelling', { statusDetails: 'VoiceSpokeWithFirstParty' }, 'statusDetails wrongForm'],
  ['an attempt of the future', { startedAt: '2096-01-01T00:00:00Z' }, 'startedAt outOfRange'],
  ['no person', { personId: null }, 'personId wrongForm'],
  ['a loan that is no name', { loanId: 1.5 }, 'loanId wrongForm'],
  ['a case of too long a name', { caseId: 'x'.repeat(256) }, 'caseId wrongForm'],
  ['loans that are no list', { loanIds: 'LN-2222-2222' }, 'loanIds wrongForm'],
  ['too many loans', { loanIds: Array.from({ length: 101 }, (_, at) => at + 1) }, 'loanIds wrongForm'],
])('refuses %s', async (_, body, fault) => {
  expect(await post({ ...required, ...body })).toMatchObject({ status: 400, faults: [fault] });
});

it('keeps a subject that nobody knows', async () => {
  expect(await post({ ...required, subject: 'somethingNew' })).toMatchObject({ data: { subject: 'somethingNew' } });
});

it('takes loans and contacts by each of their names', async () => {
  for (const loanId of [own.loan.id, Number(own.loan.key), own.loan.key, 'own loan']) {
    expect(await post({ ...required, loanId })).toMatchObject({
      data: { loanId: own.loan.id, loanIds: [own.loan.id] },
    });
  }
  const several = await post({ ...required, loanIds: ['own loan', Number(own.second.key), own.loan.id] });
  expect(several.data).toMatchObject({ loanId: own.loan.id, loanIds: [own.loan.id, own.second.id] });
  for (const contact of [
    { contactId: own.contact.id },
    { contactId: 'own contact' },
    { contactExternalId: 'own contact' },
  ]) {
    expect(await post({ ...required, ...contact })).toMatchObject({
      data: { contactId: own.contact.id, contactExternalId: 'own contact' },
    });
  }
});

it('takes nothing that is another person\u2019s, or that is not there', async () => {
  const foreign = (await bench.call('POST', `/api/people/${others.person.id}/interactions`, { body: required })).data;
  const named: [string, unknown[]][] = [
    ['loanId', [others.loan.id, Number(others.loan.key), 'others loan', 'LN-2222-2222', 'ext-own loan']],
    ['contactId', [others.contact.id, 'others contact', Number(own.contact.key)]],
    ['contactExternalId', ['others contact', own.contact.id]],
    ['previousInteractionId', [foreign['id'], 'nothing']],
  ];
  for (const [field, names] of named) {
    for (const name of names) {
      const answer = await post({ ...required, [field]: name });
      expect(answer).toMatchObject({ status: 404, faults: [expect.stringContaining(`${field} `) as string] });
    }
  }
  const second = await post({ ...required, loanIds: [own.loan.id, others.loan.id] });
  expect(second).toMatchObject({ status: 404, faults: ['loanIds[1] loanNotFound'] });
});

it('does not take two contacts for one', async () => {
  const of = { companyId: bench.own.id, personKey: own.person.key };
  await insertContact(bench.db, { ...of, externalId: 'third' });
  const answer = await post({ ...required, contactId: own.contact.id, contactExternalId: 'third' });
  expect(answer).toMatchObject({ status: 400, faults: ['contactExternalId otherContact'] });
});

it('takes no externalId twice, and one effect of an idempotency key', async () => {
  const headers = { 'Idempotency-Key': 'call' };
  const body = { ...required, externalId: 'once' };
  const send = (more: object) => bench.call('POST', `/api/people/${own.person.id}/interactions`, { body, ...more });
  const first = await send({ headers });
  expect((await send({ headers })).data).toEqual(first.data);
  expect(await send({})).toMatchObject({ status: 409, faults: ['externalId externalIdTaken'] });
});

it('lists the person\u2019s own, newest first, in pages that meet', async () => {
  const { id: companyId } = bench.own;
  const owner = await insertPerson(bench.db, { companyId });
  for (const externalId of ['i1', 'i2', 'i3']) {
    await insertRow(bench.db, 'interaction', { ...required, companyId, personKey: owner.key, externalId });
  }
  const first = await bench.call('GET', `/api/people/${owner.id}/interactions?limit=2`);
  expect(first.list.map(({ externalId }) => externalId)).toEqual(['i3', 'i2']);
  const next = await bench.call('GET', String(first.json['nextUrl']));
  expect(next.list.map(({ externalId }) => externalId)).toEqual(['i1']);
});

it('writes nothing that was said into the log', async () => {
  await post({ ...required, content: 'canary', subject: 'canary' });
  expect(JSON.stringify(bench.lines)).not.toContain('canary');
});
