import { Readable } from 'node:stream';
import { type Database } from '@muster/core/database';
import { type DecidedRun } from '@muster/pipeline/loadDecisions';
import { audienceBench } from '@muster/testing/audienceBench';
import { insertCompany, insertContact, insertLoan, insertPerson, type Keyed } from '@muster/testing/factories';
import { waitFor } from '@muster/testing/waitFor';
import { storeDecisions } from './storeDecisions.ts';

type Bench = Awaited<ReturnType<typeof audienceBench>>;
let bench: Bench;
beforeAll(async () => (bench = await audienceBench()));
afterAll(() => bench.close());
beforeEach(() => bench.db.execute('delete from decision'));

const never = new AbortController().signal;
const byTables = { inMemoryBytes: 0 };
const csv = (...lines: string[]) => lines.map((line) => `${line}\r\n`).join('');
const exclusionsOf = (...rows: string[]) =>
  csv('line,borrowerId,loanId,contactId,reasons,rules,rulePacks,compared', ...rows);
const matchesOf = (...rows: string[]) => csv('line,rank,contact_id,loan_key,packs,query.note', ...rows);

const runOf = (change: Partial<DecidedRun> = {}): DecidedRun => ({
  ...{ id: 'CR-TEST-RUNS', companyId: bench.companyId, finishedAt: new Date(), endedForMs: 0, storedAt: null },
  ...{ decidedAt: '2026-03-04T17:34:00.123Z', theme: 'opsCollDebt', exclusions: 'e', matches: 'm', ...change },
});

interface Storing {
  exclusions?: string;
  matches?: string;
  run?: DecidedRun;
  signal?: AbortSignal;
  db?: Database;
  options?: { inMemoryBytes?: number };
}

/** Stores what files say, which come in chunks of some bytes; gives what was counted. */
async function store({ exclusions = exclusionsOf(), matches = matchesOf(), ...how }: Storing) {
  const { run = runOf(), signal = never, db = bench.db.forCompany(bench.companyId), options = {} } = how;
  const recorded: Record<string, number>[] = [];
  const record = async (_tx: Database, counts: Record<string, number>) => void recorded.push(counts);
  const files = { exclusions: chunksOf(exclusions), matches: chunksOf(matches) };
  await storeDecisions(db, options)(run, files, { signal, record });
  return recorded;
}

function chunksOf(text: string) {
  const bytes = Buffer.from(text);
  return Readable.from(
    Array.from({ length: Math.ceil(bytes.length / 100) }, (_, at) => bytes.subarray(at * 100, (at + 1) * 100)),
  );
}

const stored = () =>
  bench.db.query(
    `select to_jsonb(d) - 'key' as row from decision d order by person_key, contact_key, (to_jsonb(d) - 'key')::text`,
  );

/** A run in which everything that can be decided was, with cells that a careless reader would take for others. */
async function everything() {
  const { db, companyId } = bench;
  const [ann, bob, eve] = [await borrower(), await borrower(), await borrower()];
  const theirs = await insertPerson(db, { companyId: await insertCompany(db) });
  const loan = await insertLoan(db, { companyId, personKey: eve.key });
  const long = (key: string) => key.padStart(25, '0');
  const matches = matchesOf(
    `2,1,${ann.contact.id},,reg-f 1,"one, ""two""\r\nthree"`,
    `3,1,${bob.contact.id},${loan.key},"",`,
    '4,1,CT-2222-2222-2222,,reg-f 1,""',
    `5,1,${eve.contact.id},${loan.key},"reg-f 1, other 2",é`,
  );
  const exclusions = exclusionsOf(
    `6,${bob.key},${loan.id},${bob.contact.id},contactInvalid borrowerInactive,valid borrower-active,reg-f 1,"'=valid, ""false""; status inactive"`,
    `7,${long(eve.key)},${long(loan.key)},${eve.contact.id},borrowerInactive,"","",""`,
    `8,${ann.id},"",${ann.contact.id},borrowerInactive,,,"two\r\nlines"`,
    `9,${ann.id},${loan.key},,noContact,,,`,
    `10,${ann.id},${loan.id},,noContact,,,`,
    `11,${ann.key},${loan.key},,invalid unknownLoan,,,`,
    `12,${theirs.key},,,noContact,,,`,
    `13,"",,,invalid,,,`,
    ...[`14,,,,invalid,,,`, `15,${ann.key},,,duplicate,,,`, `16,999999999,,,unknownBorrower,,,`],
    ...[`17,"${eve.key} or 1=1",,,invalid,,,`, `18,${eve.key},,,,,,`, `19,${eve.key},,,"",,,`],
  );
  return { ann, eve, matches, exclusions };
}

async function borrower(): Promise<Keyed & { contact: Keyed }> {
  const person = await insertPerson(bench.db, { companyId: bench.companyId });
  return { ...person, contact: await insertContact(bench.db, { companyId: bench.companyId, personKey: person.key }) };
}

it('stores the same rows of the same files, whether they are handed over or go by tables', async () => {
  const { ann, eve, ...files } = await everything();

  const counted = await store(files);
  const handedOver = await stored();
  await bench.db.execute('delete from decision');

  expect(await store({ ...files, options: byTables })).toEqual(counted);
  expect(await stored()).toEqual(handedOver);
  expect(counted).toEqual([{ contacts: 6, people: 2 }]);
  expect(handedOver).toHaveLength(8);
  const rowsOf = ({ key }: Keyed) => handedOver.filter(({ row }) => (row as Row).person_key === Number(key));
  const empty = { reasons: ['borrowerInactive'], rules: [], compared: [], rule_packs: '' };
  expect(rowsOf(eve)).toContainEqual({ row: expect.objectContaining(empty) as unknown });
  const bare = { reasons: ['borrowerInactive'], rules: null, compared: ['two\r\nlines'], rule_packs: null };
  expect(rowsOf(ann)).toContainEqual({ row: expect.objectContaining(bare) as unknown });
});

interface Row {
  person_key: number;
}

describe.each([
  ['handed over', {}],
  ['by tables', byTables],
])('%s', (_, options) => {
  it('stores nothing of files without rows', async () => {
    expect(await store({ options })).toEqual([{ contacts: 0, people: 0 }]);
    expect(await stored()).toEqual([]);
  });

  it('replaces what was stored of the run before, and nothing else', async () => {
    const { contact } = await borrower();
    const matches = matchesOf(`2,1,${contact.id},,reg-f 1,`);
    const [first, again] = [runOf({ theme: null }), runOf({ storedAt: new Date(runOf().decidedAt), theme: 'other' })];
    await store({ matches, run: first, options });
    await store({ matches, run: runOf({ id: 'CR-2222-2222' }), options });

    await store({ matches, run: again, options });

    const left = await bench.db.query('select run_id, theme from decision order by key');
    expect(left).toEqual([
      { run_id: 'CR-2222-2222', theme: 'opsCollDebt' },
      { run_id: again.id, theme: 'other' },
    ]);
  });

  it('stores nothing of files that lack a column, or are broken, and nothing when it is to stop', async () => {
    const { contact } = await borrower();
    const matches = matchesOf(`2,1,${contact.id},,reg-f 1,`);
    const stopped = AbortSignal.abort(new Error('the lease is lost'));

    const lacking = store({ matches, exclusions: csv('line,borrowerId'), options });
    await expect(lacking).rejects.toMatchObject({ code: 'columnMissing' });
    const broken = store({ matches: `${matches}3,"\r\n`, options });
    await expect(broken).rejects.toMatchObject({ code: 'resultMalformed' });
    await expect(store({ matches, signal: stopped, options })).rejects.toThrow('the lease is lost');
    expect(await stored()).toEqual([]);
  });

  it('reads none of the company’s people but those that the files name', async () => {
    const { key } = await borrower();
    await bench.db.execute('insert into person (company_id) select $1 from generate_series(1, 5000)', [
      bench.companyId,
    ]);
    await bench.db.transaction(async (tx) => {
      await tx.query(`select set_config('role', 'none', true)`);
      await tx.execute('analyze person');
    });
    const people = `select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables where relname = 'person'`;
    let read = Infinity;
    const record = async (tx: Database) => void (read = (await tx.query<{ read: number }>(people))[0]!.read);
    const files = { exclusions: chunksOf(exclusionsOf(`2,${key},,,noContact,,,`)), matches: chunksOf(matchesOf()) };

    await storeDecisions(bench.db.forCompany(bench.companyId), options)(runOf(), files, { signal: never, record });

    expect(await stored()).toHaveLength(1);
    expect(read).toBeLessThan(1_000); // with those that the connection has read a moment ago
  });

  it('stops in the midst of its statements', async () => {
    const { contact } = await borrower();
    const stop = new AbortController();
    const db = bench.db.forCompany(bench.companyId);
    await db.transaction(async (tx) => {
      await tx.execute('lock table decision in access exclusive mode');
      const storing = store({ matches: matchesOf(`2,1,${contact.id},,,`), signal: stop.signal, options });
      void waitFor(isWaiting).then(() => stop.abort(new Error('the lease is lost')));
      await expect(storing).rejects.toThrow('(57014)');
    });
    expect(await stored()).toEqual([]);
  });
});

async function isWaiting() {
  const waiting = await bench.db.query(
    'select from pg_locks l join pg_database d on d.oid = l.database where not granted and datname = current_database()',
  );
  return waiting.length > 0;
}

it('makes no table for a small run, and asks in the same words for every one', async () => {
  const { eve: _, ...files } = await everything();
  const asked: string[][] = [];
  const listening = () => {
    const texts: string[] = [];
    asked.push(texts);
    return listen(bench.db.forCompany(bench.companyId), texts);
  };

  await store({ ...files, db: listening() });
  await store({ run: runOf({ id: 'CR-2222-2222', decidedAt: '2026-04-04T17:34:00Z', theme: null }), db: listening() });

  expect(asked[0]).toEqual(asked[1]);
  expect(asked[0]).toHaveLength(1);
  expect(asked.flat().join()).not.toMatch(/create|drop|CR-|opsColl/);
});

/** Notes the statements of transactions. */
function listen(db: Database, texts: string[]): Database {
  const noting =
    <Args extends unknown[], Result>(ask: (sql: string, ...rest: Args) => Result) =>
    (sql: string, ...rest: Args) => {
      texts.push(sql);
      return ask(sql, ...rest);
    };
  const noted = (tx: Database): Database => ({
    ...tx,
    query: noting(tx.query) as Database['query'],
    execute: noting(tx.execute),
    copyIn: noting(tx.copyIn),
  });
  return {
    ...db,
    transaction: (work, ...opening) => db.transaction((tx, opened) => work(noted(tx), opened), ...opening),
  };
}

it('goes by tables where the files are larger together than may be held in memory', async () => {
  const texts: string[] = [];
  const { contact } = await borrower();
  const matches = matchesOf(`2,1,${contact.id},,reg-f 1,`);
  const size = Buffer.byteLength(matches + exclusionsOf());
  const db = () => listen(bench.db.forCompany(bench.companyId), texts);

  await store({ matches, db: db(), options: { inMemoryBytes: size } });
  expect(texts.join()).not.toContain('create');
  await store({ matches, db: db(), options: { inMemoryBytes: size - 1 } });
  expect(texts.join()).toContain('create');
});
