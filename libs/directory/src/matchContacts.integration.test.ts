import { Readable } from 'node:stream';
import { type Database } from '@muster/core/database';
import { exportableFields } from '@muster/core/contactExporter';
import { audienceBench, matchingOf } from '@muster/testing/audienceBench';
import { insertContact, insertLoan, insertPerson } from '@muster/testing/factories';
import { parseCsv } from '@muster/testing/parseCsv';

type Bench = Awaited<ReturnType<typeof audienceBench>>;
let bench: Bench;
beforeAll(async () => (bench = await audienceBench()));
afterAll(() => bench.close());

const never = new AbortController().signal;
const csv = (...lines: (string | number)[]) => `${lines.join('\r\n')}\r\n`;

async function borrower(contacts: Partial<Parameters<typeof insertContact>[1]>[] = [{}]) {
  const { db, companyId } = bench;
  const person = await insertPerson(db, { companyId });
  for (const contact of contacts) await insertContact(db, { companyId, personKey: person.key, ...contact });
  return person;
}

const everyone = [
  { contactType: 'phone', label: 'home', status: 'primary', value: '+14155550101' },
  { contactType: 'phone', label: 'work', status: 'secondary', value: '+14155550102' },
  { contactType: 'phone', label: 'home', status: 'archived', value: '+14155550103' },
  { contactType: 'phone', label: 'home', affiliation: 'spouse', status: 'additional', value: '+14155550104' },
  { contactType: 'email', label: null, status: 'primary', value: 'a@example.com' },
] as const;

it.each([
  ['one value of one attribute', { contactType: ['email'] }, ['a@example.com']],
  ['OR within', { label: ['work', 'home'] }, ['+14155550101', '+14155550102', '+14155550104']],
  ['AND between', { label: ['home'], affiliation: ['self'] }, ['+14155550101']],
  [
    'archived only where asked for',
    { status: ['archived', 'primary'], contactType: ['phone'] },
    ['+14155550101', '+14155550103'],
  ],
] as const)('matches by %s', async (_what, contactMatchingCriteria, values) => {
  const ann = await borrower([...everyone]);

  const { rows } = await bench.run(csv('id', ann.key), {
    contactMatchingCriteria: contactMatchingCriteria as never,
    columnSettings: [{ field: 'contact.value' }],
  });

  expect(rows.flat()).toEqual(values);
});

it('orders by row, then primary to archived, then id', async () => {
  const statuses = ['archived', 'additional', 'secondary', 'primary', 'primary', 'primary'] as const;
  const people = [await borrower(statuses.map((status) => ({ status }))), await borrower()];
  const [ann, bob] = people.map(({ key }) => key);

  const { rows } = await bench.run(csv('id', bob!, ann!), {
    contactMatchingCriteria: { status: ['archived', 'additional', 'secondary', 'primary'] },
    columnSettings: [{ field: 'person.displayId' }, { field: 'contact.status' }, { field: 'contact.id' }],
  });

  expect(rows.map(([person, status]) => [person, status])).toEqual([
    [bob, 'primary'],
    ...['primary', 'primary', 'primary', 'secondary', 'additional', 'archived'].map((status) => [ann, status]),
  ]);
  const primaries = rows.slice(1, 4).map((row) => row[2]!);
  expect(primaries).toEqual([...primaries].sort());
});

it('leaves deleted contacts alone', async () => {
  const ann = await borrower([{ deletedAt: new Date() }]);

  expect((await bench.run(csv('id', ann.key))).counts).toMatchObject({ noContact: 1, contacts: 0 });
});

it('prints every exportable field', async () => {
  const { db, companyId } = bench;
  const names = { firstName: 'Ann', middleName: 'B.', lastName: 'Cox', preferredFirstName: 'Annie' };
  const ann = await insertPerson(db, { companyId, ...names, externalId: 'P-1', dateOfBirth: '1980-02-29' });
  const loan = await insertLoan(db, { companyId, personKey: ann.key, externalId: 'L-1', status: 'chargedOff' });
  const address = { addressLine1: '1 Elm St', addressLine2: '#2', city: 'Salem', state: 'MA', postalCode: '01970' };
  const contact = { externalId: 'C-1', contactType: 'address', value: null, name: 'Home', country: 'US' } as const;
  const home = await insertContact(db, { companyId, personKey: ann.key, ...contact, ...address });

  const { rows, contacts } = await bench.run(csv('id,loanId,owed', `${ann.key},${loan.key},-12.50`), {
    contactMatchingCriteria: { contactType: ['address'] },
    columnSettings: [...exportableFields, 'query.owed'].map((field) => ({ field })),
  });

  const printed = Object.fromEntries(parseCsv(contacts)[0]!.map((name, at) => [name, rows[0]![at]]));
  expect(printed).toEqual({
    ...{ 'contact.id': home.id, 'contact.externalId': 'C-1', 'contact.value': '', 'contact.name': 'Home' },
    ...{ 'contact.contactType': 'address', 'contact.label': 'personal', 'contact.affiliation': 'self' },
    ...{ 'contact.status': 'primary', 'contact.valid': 'true', 'contact.verified': 'false' },
    ...{ 'contact.receiveTextMessages': 'false', 'contact.address.addressLine1': '1 Elm St' },
    ...{ 'contact.address.addressLine2': '#2', 'contact.address.city': 'Salem', 'contact.address.state': 'MA' },
    ...{ 'contact.address.postalCode': '01970', 'contact.address.country': 'US' },
    ...{ 'person.id': ann.id, 'person.displayId': ann.key, 'person.externalId': 'P-1' },
    ...{ 'person.name.firstName': 'Ann', 'person.name.middleName': 'B.', 'person.name.lastName': 'Cox' },
    ...{ 'person.name.preferredFirstName': 'Annie', 'person.dateOfBirth': '1980-02-29', 'person.status': 'active' },
    ...{ 'person.collectionsIntensity': 'normal', 'person.timeZone': '', 'loan.id': loan.id },
    ...{ 'loan.displayId': loan.key, 'loan.externalId': 'L-1', 'loan.status': 'chargedOff' },
    ...{ 'run.id': 'CR-TEST-RUNS', 'run.campaignId': 'CM-TEST-TEST', 'run.startedAt': '2026-03-04T17:34:00.000Z' },
    ...{ 'screening.checkedAt': '', 'screening.callFrom': '', 'screening.callUntil': '' }, // not screened
    'query.owed': '-12.50',
  });
});

it('gives back what was stored, byte for byte, but for a quote before what a spreadsheet would run', async () => {
  const names = [
    'a, "b"',
    'two\r\nlines',
    'end\n',
    ' ',
    'ünïcödé \u{1F600}',
    "o'Neil \\ co",
    '\\.',
    '=1+1',
    '＝x',
    '-3',
  ];
  const ann = await borrower(names.map((name, n) => ({ name, value: n % 2 ? '+14155550101' : '@x' })));

  const { rows } = await bench.run(csv('id,note', `${ann.key},"@a, b"`), {
    columnSettings: ['contact.name', 'contact.value', 'query.note'].map((field) => ({ field })),
  });

  const printed = names.map((name) => (/^[=＝-]/.test(name) ? `'${name}` : name));
  expect(rows.map(([name]) => name).sort()).toEqual(printed.sort());
  expect(new Set(rows.map(([, value]) => value))).toEqual(new Set(['+14155550101', "'@x"]));
  expect(new Set(rows.map(([, , note]) => note))).toEqual(new Set(["'@a, b"]));
});

it('leaves the loan columns empty where a row has no loan', async () => {
  const ann = await borrower();
  const fields = ['loan.id', 'loan.displayId', 'loan.status'].map((field) => ({ field }));

  expect((await bench.run(csv('id,loanId', `${ann.key},`), { columnSettings: fields })).rows).toEqual([['', '', '']]);
});

it('names columns as the exporter says, however odd the names', async () => {
  const ann = await borrower();
  const name = `it's "Phone, ${'x'.repeat(80)}`;

  const { contacts } = await bench.run(csv('id', ann.key), {
    columnSettings: [{ field: 'contact.value', outputName: name }, { field: 'contact.value' }],
  });

  expect(parseCsv(contacts)).toEqual([
    [name, 'contact.value'],
    ['+14155550101', '+14155550101'],
  ]);
});

it('writes an empty single cell so that no line is blank', async () => {
  const ann = await borrower([{ name: null }]);

  const { contacts } = await bench.run(csv('id', ann.key), { columnSettings: [{ field: 'contact.name' }] });

  expect(contacts).toBe('contact.name\r\n""\r\n');
});

it("fails where the exporter prints a column that the query doesn't give", async () => {
  const failure = bench.run(csv('id', 1), { columnSettings: [{ field: 'query.owed' }] });

  await expect(failure).rejects.toMatchObject({
    code: 'columnMissing',
    message: expect.stringContaining('or to the rows handed in') as string,
    details: { column: 'owed' },
  });
});

it('fails rather than match rows that a crash of the database has emptied', async () => {
  const ann = await borrower();
  const scope = bench.scope(30);
  const { columns } = await bench.audience.load(scope, Readable.from([Buffer.from(csv('id', ann.key))]), never);
  await bench.db.execute('truncate scratch."CR-TEST-RUNS_30_source", scratch."CR-TEST-RUNS_30_checked"');

  const failure = bench.audience.match(scope, matchingOf({}, columns), never);

  await expect(failure).rejects.toMatchObject({ code: 'rowsLost' });
});

it('takes a fixed number of statements, however many rows there are', async () => {
  const { db, companyId } = bench;
  await db.execute(
    `with people as (insert into person (company_id, key) select $1, 5000000 + n from generate_series(1, 20000) n returning key)
     insert into contact (company_id, person_key, contact_type, value) select $1, key, 'phone', '+14155550100' from people`,
    [companyId],
  );
  const ids = Array.from({ length: 20_000 }, (_, n) => 5_000_001 + n);
  const [few, many] = [counting(db), counting(db)];

  await bench.run(csv('id', 5_000_001), {}, { db: few.db });
  const { counts, rows } = await bench.run(csv('id', ...ids), {}, { db: many.db });

  expect(counts.exported).toBe(20_000);
  expect(rows.map(([id]) => Number(id))).toEqual(ids);
  expect(many.statements()).toBe(few.statements() + 2); // an index, and its statistics
});

/** A database that counts its statements, those of its transactions too. */
function counting(db: Database) {
  let statements = 0;
  const count = (inner: Database): Database => ({
    query: (...args) => (statements++, inner.query(...args)),
    execute: (...args) => (statements++, inner.execute(...args)),
    copyIn: (...args) => (statements++, inner.copyIn(...args)),
    copyOut: (...args) => (statements++, inner.copyOut(...args)),
    transaction: (work, ...opening) => inner.transaction((tx, opened) => work(count(tx), opened), ...opening),
    now: () => inner.now(),
  });
  return { db: count(db), statements: () => statements };
}
