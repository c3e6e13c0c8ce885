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

const reasonsOf = ({ excluded }: { excluded: string[][] }) => excluded.map((row) => row.at(-1));

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
