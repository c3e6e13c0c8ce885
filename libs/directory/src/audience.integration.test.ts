import { Readable } from 'node:stream';
import { audienceBench, textOf } from '@muster/testing/audienceBench';
import { insertCompany, insertContact, insertLoan, insertPerson } from '@muster/testing/factories';
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

describe('taking in rows', () => {
  it('counts every row once, and the counts add up', async () => {
    const ann = await borrower();
    const bob = await borrower([]);
    const unknown = '9007199254740993';

    const { input, counts } = await bench.run(
      csv('id', ann.key, bob.key, '', -4, ann.key, unknown, unknown, '9223372036854775807'),
    );

    expect(input).toEqual({ rows: 8, invalid: 2, duplicate: 2, unknownBorrower: 2, goOn: 2 });
    expect(counts).toEqual({ noContact: 1, matched: 1, contacts: 1, screenedOut: {}, exported: 1 });
  });

  it('keeps ids beyond 2^53 exact: two neighbours stay two', async () => {
    const { input, excluded } = await bench.run(csv('id', '9007199254740993', '9007199254740992'));

    expect(input).toMatchObject({ duplicate: 0, unknownBorrower: 2 });
    expect(excluded.map(([, id]) => id)).toEqual(['9007199254740993', '9007199254740992']);
  });

  it('takes a result without rows as a success with header lines only', async () => {
    const run = await bench.run(csv('id,amount'));

    expect(run.input).toEqual({ rows: 0, invalid: 0, duplicate: 0, unknownBorrower: 0, goOn: 0 });
    expect(run.contacts).toBe('person.displayId,contact.value\r\n');
    expect(run.campaignInput).toBe('id,amount\r\n');
  });

  it.each([
    ['text', 'abc'],
    ['a fraction', '2.5'],
    ['a fraction of nothing', '2.0'],
    ['more than a bigint holds', '9223372036854775808'],
    ['hexadecimal', '0x1F'],
    ['a blank in front', '" 7"'],
    ['a NUL behind it', '7\u0000'],
  ])('fails at %s in the id column, naming column and first bad line but not the value', async (_what, value) => {
    const failure = bench.run(csv('name,id', 'x,1', `"two\nlines",2`, `x,${value}`, `x,${value}`));

    await expect(failure).rejects.toMatchObject({ code: 'badValue', details: { column: 'id', line: 4 } });
    await expect(failure).rejects.not.toThrow(value);
  });

  it('fails at text in the loan column', async () => {
    const failure = bench.run(csv('borrowerId,loanId', '1,', '2,soon'));

    await expect(failure).rejects.toMatchObject({ code: 'badValue', details: { column: 'loanId', line: 3 } });
  });

  it.each<[string, string, { code: string; words: string }]>([
    ['no id column', 'name,ID', { code: 'columnMissing', words: 'name the column of borrower ids "id"' }],
    ['a loanId that PostgreSQL has folded', 'id,loanid', { code: 'columnMissing', words: 'AS "loanId"' }],
    ['no column at all', '', { code: 'columnMissing', words: '"id"' }],
    ['two columns of one name', 'id,x,x', { code: 'duplicateColumn', words: '"x"' }],
    ['more than 500 columns', ['id', ...Array(500).keys()].join(','), { code: 'tooManyColumns', words: '501 columns' }],
  ])('refuses a result with %s, saying what to mend', async (_what, header, { code, words }) => {
    const failure = bench.run(csv(header));

    await expect(failure).rejects.toMatchObject({ code });
    await expect(failure).rejects.toThrow(words);
  });

  it('leaves nothing behind where it fails', async () => {
    await bench.audience.drop('CR-TEST-RUNS');
    await bench.run(csv('id', 'abc')).catch(() => undefined);

    expect(await bench.db.query(`select tablename from pg_tables where schemaname = 'scratch'`)).toEqual([]);
  });

  it("does not know another company's people", async () => {
    const companyId = await insertCompany(bench.db);
    const theirs = await insertPerson(bench.db, { companyId });

    const { input, excluded } = await bench.run(csv('id', theirs.key));

    expect(input).toMatchObject({ unknownBorrower: 1, goOn: 0 });
    expect(excluded).toEqual([['2', theirs.key, '', '', 'unknownBorrower', '', '', '']]);
  });

  it('takes the same borrower twice where the rows are about two loans', async () => {
    const { db, companyId } = bench;
    const ann = await borrower();
    const loans = [1, 2].map(() => insertLoan(db, { companyId, personKey: ann.key }));
    const [car, house] = await Promise.all(loans);

    const { input, rows } = await bench.run(
      csv('borrowerId,loanId', `${ann.key},${car!.key}`, `${ann.key},${house!.key}`, `${ann.key},${car!.key}`),
      { columnSettings: [{ field: 'loan.id' }] },
    );

    expect(input).toMatchObject({ duplicate: 1, goOn: 2 });
    expect(rows).toEqual([[car!.id], [house!.id]]);
  });

  it('counts a row as invalid whose loan is unknown or of somebody else, and says so in the exclusions', async () => {
    const { db, companyId } = bench;
    const [ann, bob] = [await borrower(), await borrower()];
    const loan = await insertLoan(db, { companyId, personKey: bob.key });

    const { input, excluded } = await bench.run(csv('id,loanId', `${ann.key},${loan.key}`, `${ann.key},999999999`));

    expect(input).toMatchObject({ invalid: 2, goOn: 0 });
    expect(excluded.map((row) => row[4])).toEqual(['invalid unknownLoan', 'invalid unknownLoan']);
  });

  it('reads our own ids as well, and knows them for the same borrower', async () => {
    const ann = await borrower();
    const loan = await insertLoan(bench.db, { companyId: bench.companyId, personKey: ann.key });

    const { input } = await bench.run(
      csv('borrowerId,loanId', `${ann.id},${loan.id}`, `${ann.key},${loan.key}`, 'BO-2222-2222,', 'BO-3333-3333,'),
    );

    expect(input).toEqual({ rows: 4, invalid: 0, duplicate: 1, unknownBorrower: 2, goOn: 1 });
  });

  it('lets rows through that hold a megabyte, NUL, right-to-left marks or half a surrogate', async () => {
    const ann = await borrower();
    const odd = `${'n'.repeat(1_000_000)}\u0000\u202E\uD800`;

    const { rows } = await bench.run(csv('id,name', `${ann.key},"${odd}"`), {
      columnSettings: [{ field: 'query.name' }],
    });

    expect(rows).toEqual([[`${'n'.repeat(1_000_000)}\uFFFD\u202E\uFFFD`]]);
  });
});

describe('files', () => {
  it('gives back the rows that go on, each cell as it came', async () => {
    const [ann, bob] = [await borrower(), await borrower([])];
    const kept = [`${ann.key},"a ""quoted"", cell",=1+1`, `${bob.key},"two\r\nlines",""`];

    const { campaignInput } = await bench.run(csv('id,"odd, name",x', kept[0]!, '-1,,', kept[1]!, kept[0]!));

    expect(campaignInput).toBe(csv('id,"odd, name",x', ...kept));
  });

  it('lists what was left out with line and reason, in the order of the rows', async () => {
    const ann = await borrower([]);

    const { excluded } = await bench.run(csv('id', ann.key, '', ann.key, 987654321));

    expect(excluded).toEqual([
      ['2', ann.key, '', '', 'noContact', '', '', ''],
      ['3', '', '', '', 'invalid', '', '', ''],
      ['4', ann.key, '', '', 'duplicate', '', '', ''],
      ['5', '987654321', '', '', 'unknownBorrower', '', '', ''],
    ]);
  });

  it('lists the rows left out also where nothing is matched', async () => {
    const scope = bench.scope(7);
    await bench.audience.load(scope, Readable.from([Buffer.from('id\r\n-1\r\n')]), never);

    const exclusions = await textOf((to) => bench.audience.writeExclusions(scope, to));

    expect(parseCsv(exclusions)[1]).toEqual(['2', '-1', '', '', 'invalid', '', '', '']);
  });

  it('gives the same bytes for the same input', async () => {
    const people = [await borrower([{}, { status: 'secondary' }]), await borrower([{}, {}, {}])];
    const input = csv('id', ...people.map(({ key }) => key));

    const [first, second] = [await bench.run(input), await bench.run(input, {}, { attempt: 2 })];

    expect(second.contacts).toBe(first.contacts);
    expect(second.matches).toBe(first.matches);
  });

  it('keeps two attempts of a run apart', async () => {
    const [ann, bob] = [await borrower(), await borrower()];
    const old = await bench.run(csv('id', ann.key), {}, { attempt: 1 });
    await bench.run(csv('id', bob.key), {}, { attempt: 2 });

    const again = await textOf((to) => bench.audience.writeContacts(old.cache, old.matching, to));

    expect(again).toBe(old.contacts);
  });

  it('drops the tables of all attempts of that run alone', async () => {
    const ann = await borrower();
    const { cache } = await bench.run(csv('id', ann.key), {}, { attempt: 12 });
    await bench.audience.drop('CR-TEST-RUN');
    const before = await bench.audience.holds(cache, never);
    await bench.audience.drop('CR-TEST-RUNS');

    expect([before, await bench.audience.holds(cache, never)]).toEqual([true, false]);
  });
});
