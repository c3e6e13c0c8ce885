import { audienceBench } from '@muster/testing/audienceBench';
import { insertCompany, insertContact, insertLoan, insertPerson } from '@muster/testing/factories';

type Bench = Awaited<ReturnType<typeof audienceBench>>;
let bench: Bench;
beforeAll(async () => (bench = await audienceBench()));
afterAll(() => bench.close());

const csv = (...lines: (string | number)[]) => `${lines.join('\r\n')}\r\n`;

async function borrower() {
  const { db, companyId } = bench;
  const person = await insertPerson(db, { companyId });
  await insertContact(db, { companyId, personKey: person.key });
  return person;
}

/** A borrower and a loan of another company. */
async function strangers() {
  const companyId = await insertCompany(bench.db);
  const person = await insertPerson(bench.db, { companyId });
  return { person, loan: await insertLoan(bench.db, { companyId, personKey: person.key }) };
}

const reasonsOf = ({ excluded }: { excluded: string[][] }) => excluded.map((row) => row[4]);

describe("another company's ids", () => {
  it("treats another company's borrower exactly like one that nobody has", async () => {
    const { person } = await strangers();
    const asked = (id: string) => csv('id', id, id, person.key);

    const [theirs, nobodys] = [await bench.run(asked(person.id)), await bench.run(asked('BO-2222-2222'))];

    expect(theirs.input).toEqual(nobodys.input);
    expect(reasonsOf(theirs)).toEqual(reasonsOf(nobodys));
  });

  it("treats another company's loan exactly like one that nobody has", async () => {
    const { loan } = await strangers();
    const { key } = await borrower();
    const asked = (id: string) => csv('id,loanId', `${key},${id}`, `${key},${id}`, `${key},${loan.key}`);

    const [theirs, nobodys] = [await bench.run(asked(loan.id)), await bench.run(asked('LN-2222-2222'))];

    expect(theirs.input).toEqual(nobodys.input);
    expect(reasonsOf(theirs)).toEqual(reasonsOf(nobodys));
  });
});

describe('what is no id', () => {
  it.each(['9223372036854775808', '-9223372036854775809', '1'.repeat(400)])(
    'says of %s that it is too large',
    async (value) => {
      const failure = bench.run(csv('loanId,id', `,1`, `${value},1`, `,x`));

      await expect(failure).rejects.toMatchObject({ code: 'badValue', details: { column: 'loanId', line: 3 } });
      await expect(failure).rejects.toThrow('line 3, column "loanId": this number is too large');
      await expect(failure).rejects.not.toThrow(value);
    },
  );

  it('says of text that it is no whole number', async () => {
    await expect(bench.run(csv('id', '12a'))).rejects.toThrow('line 2, column "id": this is no whole number');
  });
});

describe('a result with both "id" and "borrowerId"', () => {
  it.each(['id,borrowerId', 'borrowerId,id'])('takes whichever a row gives, in the order %s', async (header) => {
    const [ann, bob] = [await borrower(), await borrower()];

    const { input, rows, excluded } = await bench.run(csv(header, `${ann.key},`, `"",${bob.key}`, ','));

    expect(input).toMatchObject({ rows: 3, invalid: 1, goOn: 2 });
    expect(rows.map(([key]) => key)).toEqual([ann.key, bob.key]);
    expect(excluded).toEqual([['4', '', '', '', 'invalid', '', '', '']]);
  });

  it('takes rows that give the same borrower in both, by number or by id', async () => {
    const [ann, bob] = [await borrower(), await borrower()];

    const { input } = await bench.run(
      csv('id,borrowerId', `${ann.key},${ann.key}`, `${bob.key},${bob.id}`, 'BO-2222-2222,BO-2222-2222'),
    );

    expect(input).toMatchObject({ goOn: 2, unknownBorrower: 1 });
  });

  it('knows a borrower again whichever column names them, and lists the id that was given', async () => {
    const { key } = await borrower();

    const { excluded } = await bench.run(csv('id,borrowerId', `${key},`, `,${key}`));

    expect(excluded).toEqual([['3', key, '', '', 'duplicate', '', '', '']]);
  });

  it.each([
    ['two numbers', '71,72'],
    ['two ids that nobody has', 'BO-2222-2222,BO-3333-3333'],
    ['a number and an id that nobody has', '71,BO-2222-2222'],
  ])('fails where they differ, naming both columns and the first such line: %s', async (_what, differing) => {
    const failure = bench.run(csv('id,borrowerId', '1,1', '2,', differing, '5,6'));

    const details = { columns: ['id', 'borrowerId'], line: 4 };
    await expect(failure).rejects.toMatchObject({ code: 'ambiguousColumn', details });
    await expect(failure).rejects.toThrow(
      /line 4, columns "id" and "borrowerId": .*give one of them, or the same id in both/,
    );
    await expect(failure).rejects.not.toThrow(/7[12]|BO-/);
  });

  it.each([
    ['id', 'x,1'],
    ['borrowerId', '1,x'],
  ])('names the column %s where that one holds text', async (column, line) => {
    const failure = bench.run(csv('id,borrowerId', '1,', line, '1,2'));

    await expect(failure).rejects.toMatchObject({ code: 'badValue', details: { column, line: 3 } });
  });
});
