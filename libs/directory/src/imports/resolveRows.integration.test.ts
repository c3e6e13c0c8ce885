import { insertContact, insertPerson } from '@muster/testing/factories';
import { csvOf, importBench, type ImportBench, ndjsonOf } from '@muster/testing/importBench';

let bench: ImportBench;
beforeAll(async () => {
  bench = await importBench();
  for (const externalId of ['ada', 'bob']) await insertPerson(bench.all, { companyId: bench.companyId, externalId });
  await insertPerson(bench.all, { companyId: bench.otherId, externalId: 'eve' });
});
afterAll(() => bench.close());

const asNdjson = { format: 'ndjson' } as const;
const personKey = async (externalId: string) => String((await bench.rowOf('person', externalId))?.['key']);

describe('an upsert', () => {
  it('leaves what is absent, clears what is null, and keeps updatedAt where nothing changes', async () => {
    const full = {
      externalId: 'u1',
      name: { firstName: 'Ada', lastName: 'Byron' },
      status: 'inactive',
      dateOfBirth: '1980-01-01',
    };
    await bench.load('people', ndjsonOf(full), asNdjson);
    const made = await bench.rowOf('person', 'u1');

    await bench.load('people', csvOf('externalId,name.firstName,name.lastName,status', 'u1,Augusta,,'));
    const changed = await bench.rowOf('person', 'u1');
    expect(changed).toMatchObject({ id: made?.['id'], first_name: 'Augusta', last_name: 'Byron', status: 'inactive' });
    expect(changed?.['updated_at']).not.toEqual(made?.['updated_at']);

    await bench.load('people', ndjsonOf({ externalId: 'u1', name: { lastName: null }, dateOfBirth: null }), asNdjson);
    expect(await bench.rowOf('person', 'u1')).toMatchObject({
      first_name: 'Augusta',
      last_name: null,
      date_of_birth: null,
    });
    const cleared = await bench.rowOf('person', 'u1');
    await bench.load(
      'people',
      ndjsonOf({ externalId: 'u1', name: null }, { externalId: 'ada', status: 'active' }),
      asNdjson,
    );
    expect(await bench.rowOf('person', 'u1')).toMatchObject({ first_name: null, status: 'inactive' });
    expect(cleared?.['status_updated_at']).toEqual(changed?.['status_updated_at']);
  });

  it('finds an object by our id or its displayId, too, and can give it an externalId', async () => {
    const { id, key } = await insertPerson(bench.all, { companyId: bench.companyId });
    const { id: id2 } = await insertPerson(bench.all, { companyId: bench.companyId, externalId: 'u3' });

    await bench.load('people', csvOf('id,externalId,name.firstName', `${id},u2,Grace`, `${id2},,Hope`));
    expect(await bench.rowOf('person', 'u2')).toMatchObject({ id, first_name: 'Grace' });
    expect(await bench.rowOf('person', 'u3')).toMatchObject({ id: id2, first_name: 'Hope' });
    await bench.load('people', ndjsonOf({ id: Number(key), name: { suffix: 'Jr' } }), asNdjson);
    expect(await bench.rowOf('person', 'u2')).toMatchObject({ id, suffix: 'Jr' });

    const rows = [`${id},,A`, `,u2,B`, `${key},,C`, `${id2},u2,D`, 'BO-AAAA-AAAA,,E', 'x,,F', '99999999,,G'];
    expect(await bench.refusals('people', csvOf('id,externalId,name.firstName', ...rows))).toEqual([
      '3 duplicateInFile id',
      '4 duplicateInFile id',
      '5 duplicateInFile externalId',
      '6 notFound id',
      '7 wrongForm id',
      '8 notFound id',
    ]);
    expect(await bench.refusals('people', csvOf('id,externalId', `${id2},u2`))).toEqual([
      '2 externalIdTaken externalId',
    ]);
  });

  it('names a person by our id, the externalId or the displayId, which may not be told from an externalId', async () => {
    const { id, key } = await insertPerson(bench.all, { companyId: bench.companyId, externalId: '1' });
    const type = { contactType: 'email', value: 'a@example.com' };

    expect(
      await bench.load(
        'contacts',
        csvOf(
          'externalId,personId,personDisplayId,contactType,value',
          `n1,${id},,email,a@example.com`,
          `n2,1,,email,a@example.com`,
          `n3,,${key},email,a@example.com`,
        ),
      ),
    ).toMatchObject({ inserted: 3 });
    expect(
      await bench.load('contacts', ndjsonOf({ externalId: 'n4', personId: Number(key), ...type }), asNdjson),
    ).toMatchObject({ inserted: 1 });
    for (const name of ['n1', 'n2', 'n3', 'n4'])
      expect(await bench.rowOf('contact', name)).toMatchObject({ person_key: key });
    const unknown = [
      `n5,${key}0000,,email,a@example.com`,
      `n6,ada,${key},email,a@example.com`,
      'n7,,,email,a@example.com',
    ];
    expect(
      await bench.refusals('contacts', csvOf('externalId,personId,personDisplayId,contactType,value', ...unknown)),
    ).toEqual(['2 personNotFound personId', '3 otherPerson personDisplayId', '4 required personId']);
  });

  it('takes an externalId that looks like an id of ours for what it is', async () => {
    await bench.load('people', csvOf('externalId,status', 'BO-ABCD-EFGH,active', 'CU-1-A,active'));
    const rows = ['m1,BO-ABCD-EFGH,email,a@example.com', 'm2,CU-1-A,email,a@example.com'];

    for (const row of rows) {
      expect(await bench.refusals('contacts', csvOf('externalId,personId,contactType,value', row))).toEqual([]);
    }
    expect(await bench.rowOf('contact', 'm1')).toMatchObject({ person_key: await personKey('BO-ABCD-EFGH') });
  });

  it('keeps an object with its person, and does not bring back what was deleted', async () => {
    const { companyId, all } = bench;
    await insertContact(all, { companyId, personKey: await personKey('ada'), externalId: 'k1' });
    await insertContact(all, {
      companyId,
      personKey: await personKey('ada'),
      externalId: 'k2',
      deletedAt: new Date(),
    });
    const file = csvOf('externalId,personId,status', 'k1,bob,archived', 'k2,ada,archived', 'k1x,,archived');

    expect(await bench.refusals('contacts', file)).toEqual([
      '2 otherPerson personId',
      '3 deleted externalId',
      '4 required personId',
    ]);
    expect(await bench.rowOf('contact', 'k1')).toMatchObject({ status: 'primary' });
    expect(await bench.load('contacts', csvOf('externalId,status', 'k1,archived'))).toMatchObject({
      updated: 1,
      unchanged: 0,
    });
  });
});

it('holds the rules of a contact, for what it will be', async () => {
  await bench.load('contacts', csvOf('externalId,personId,contactType,value', 'r0,ada,phone,4155550123'));
  const rows = [
    { externalId: 'r1', personId: 'ada', contactType: 'phone' },
    { externalId: 'r2', personId: 'ada', contactType: 'email', value: 'nobody' },
    { externalId: 'r3', personId: 'ada', contactType: 'address', address: { state: 'NY' } },
    { externalId: 'r4', personId: 'ada', value: '4155550123' },
    { externalId: 'r5', personId: 'ada', value: null, contactType: 'fax', valid: 'yes' },
    { externalId: 'r0', contactType: 'email' },
    { externalId: 'r6', personId: 'ada', contactType: 'address', address: { city: 'Troy' }, affiliation: null },
  ];

  expect(await bench.refusals('contacts', ndjsonOf(...rows), asNdjson)).toEqual([
    '1 required value',
    '2 emailInvalid value',
    '3 required address',
    '4 required contactType',
    '5 notAllowed contactType',
    '5 wrongType valid',
    '6 otherType value',
    '7 required affiliation',
  ]);
  expect(await bench.refusals('contacts', ndjsonOf({ externalId: 'r0', value: null }), asNdjson)).toEqual([
    '1 required value',
  ]);
});

it('names loans, contacts and earlier interactions of the same person only', async () => {
  await bench.load('loans', csvOf('externalId,personId', 'l1,ada', 'l2,ada', 'l3,bob'));
  await bench.load(
    'contacts',
    csvOf('externalId,personId,contactType,value', 'i1,ada,phone,4155550123', 'i2,bob,phone,4155550123'),
  );
  const call = { personId: 'ada', channel: 'voice', status: 'attempted', theme: 'opsCollDebt' };
  const [l1, l2, i1] = [
    await bench.rowOf('loan', 'l1'),
    await bench.rowOf('loan', 'l2'),
    await bench.rowOf('contact', 'i1'),
  ];

  const first = {
    ...call,
    externalId: 'x1',
    loanId: 'l2',
    loanIds: [l1?.['id'], 'l2'],
    contactExternalId: 'i1',
    metaData: { a: 'b' },
  };
  const second = { ...call, externalId: 'x2', loanIds: [Number(l1?.['key'])], contactId: i1?.['id'] };
  expect(await bench.load('interactions', ndjsonOf(first, second), asNdjson)).toMatchObject({ inserted: 2 });
  expect(await bench.rowOf('interaction', 'x1')).toMatchObject({
    loan_keys: [l2?.['key'], l1?.['key']],
    contact_key: i1?.['key'],
  });
  expect(await bench.rowOf('interaction', 'x2')).toMatchObject({ loan_keys: [l1?.['key']], contact_key: i1?.['key'] });

  const others = [
    { ...call, externalId: 'x3', loanId: 'l3' },
    { ...call, externalId: 'x4', loanIds: ['l1', 'nowhere'] },
    { ...call, externalId: 'x5', contactId: 'i2' },
    { ...call, externalId: 'x6', previousInteractionId: 'x9' },
    { externalId: 'x1', previousInteractionId: 'x2', contactId: null, sensitive: true, metaData: null },
  ];
  expect(await bench.refusals('interactions', ndjsonOf(...others), asNdjson)).toEqual([
    '1 loanNotFound loanId',
    '2 loanNotFound loanId',
    '3 contactNotFound contactId',
    '4 interactionNotFound previousInteractionId',
  ]);
  const x2 = await bench.rowOf('interaction', 'x2');
  expect(await bench.rowOf('interaction', 'x1')).toMatchObject({
    ...{ loan_keys: [l2?.['key'], l1?.['key']], contact_key: null, channel: 'voice' },
    details: { previousInteractionId: x2?.['id'], sensitive: true },
  });
});

it('takes interactions as the API takes and answers them', async () => {
  const call = { personId: 'ada', channel: 'voice', status: 'attempted', theme: 'opsCollDebt' };
  const [early, late] = ['2026-03-08T05:00:00Z', '2026-03-08T07:00:01+02:00'];
  const rows = [
    { ...call, externalId: 'y1', startedAt: late, endedAt: early },
    { ...call, externalId: 'y2', scheduledAtFrom: late, scheduledAtTo: early },
    { ...call, externalId: 'y3', startedAt: early, endedAt: late, loanId: 'l1', caseId: 12 },
    { ...call, externalId: 'y4', loanIds: [] },
    { ...call, externalId: 'y5', caseId: -1 },
  ];

  expect(await bench.refusals('interactions', ndjsonOf(...rows), asNdjson)).toEqual([
    '1 endsBeforeStart endedAt',
    '2 endsBeforeStart scheduledAtTo',
    '5 wrongType caseId',
  ]);
  expect(await bench.rowOf('interaction', 'y3')).toMatchObject({
    ...{ ended_at: new Date(late), case_id: '12', loan_keys: [(await bench.rowOf('loan', 'l1'))?.['key']] },
  });
  await bench.load('interactions', csvOf('externalId,previousInteractionId,sensitive', 'y3,y4,true'));
  const { id } = (await bench.rowOf('interaction', 'y4')) ?? {};
  expect(await bench.rowOf('interaction', 'y3')).toMatchObject({ details: { previousInteractionId: id } });
  const cleared = { externalId: 'y3', loanId: null, loanIds: [], previousInteractionId: null };
  await bench.load('interactions', ndjsonOf(cleared), asNdjson);
  expect(await bench.rowOf('interaction', 'y3')).toMatchObject({ loan_keys: null, details: { sensitive: true } });
  expect(await bench.rowOf('interaction', 'y3')).not.toHaveProperty('details.previousInteractionId');
});

it('cannot reach what belongs to another company', async () => {
  const eve = await bench.rowOf('person', 'eve');
  const contact = await insertContact(bench.all, {
    companyId: bench.otherId,
    personKey: String(eve?.['key']),
    externalId: 'e1',
  });
  const rows = ['o1,eve', `o2,${String(eve?.['id'])}`].map((row) => `${row},phone,4155550123`);

  expect(await bench.refusals('contacts', csvOf('externalId,personId,contactType,value', ...rows))).toEqual([
    '2 personNotFound personId',
    '3 personNotFound personId',
  ]);
  expect(await bench.refusals('contacts', csvOf('id,status', `${contact.id},archived`))).toEqual(['2 notFound id']);
  expect(await bench.load('people', csvOf('externalId,status', 'eve,inactive'))).toMatchObject({ inserted: 1 });
  expect(await bench.all.query('select status from person where key = $1', [eve?.['key']])).toEqual([
    { status: 'active' },
  ]);
});
