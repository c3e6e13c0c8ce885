import { type ContactExporterSettings } from '@muster/core/contactExporter';
import { TemporaryFailure } from '@muster/core/errors';
import { type OutsideCheck } from '@muster/pipeline/outsideGuard';
import { type OutsideAsking } from '@muster/pipeline/ports';
import { audienceBench, matchingOf } from '@muster/testing/audienceBench';
import {
  insertCampaign,
  insertContact,
  insertDoNotInteract,
  insertLoan,
  insertPerson,
  insertRow,
} from '@muster/testing/factories';
import { FakeOutsideGuard } from '@muster/testing/fakeOutsideGuard';
import { Readable } from 'node:stream';
import { lockScreening } from './reserve.ts';

type Bench = Awaited<ReturnType<typeof audienceBench>>;
let bench: Bench;
beforeAll(async () => (bench = await audienceBench()));
afterAll(() => bench.close());

const never = new AbortController().signal;
const guard = { complianceGuardUrl: 'https://guard.example.com/checks' };
const screened: Partial<ContactExporterSettings> = {
  contactMatchingCriteria: { contactType: ['phone', 'email'] },
  checkCanInteractData: { theme: 'opsServicing', isAutodialed: true },
};

it('lets through only what both our rules and the outside guard allow', async () => {
  const people = [await borrower(), await borrower(), await borrower(), await borrower()] as const;
  const [ann, bob, cid, dot] = people;
  await insertDoNotInteract(bench.db, { companyId: bench.companyId, personKey: dot.key });
  const outside = new FakeOutsideGuard();
  outside.refuse(bob.contact.id, 'onTheirList');
  outside.forget(cid.contact.id);

  const { cache, counts, exclusions } = await run(people, outside);

  expect(await verdicts(cache)).toEqual([
    [ann.contact.id, null, null],
    [bob.contact.id, ['refusedOutside'], ['onTheirList']],
    [cid.contact.id, ['refusedOutside'], ['no answer']],
    [dot.contact.id, ['doNotInteract'], expect.anything()],
  ]);
  expect(counts).toMatchObject({ contacts: 4, exported: 1, screenedOut: { refusedOutside: 2, doNotInteract: 1 } });
  expect(exclusions.join()).toContain('onTheirList');
  expect(asked(outside).map(({ contactId }) => contactId)).not.toContain(dot.contact.id);
});

it('says who and why it wants to contact, and nothing of how', async () => {
  const ann = await borrower();
  const mail = await insertContact(bench.db, {
    ...{ companyId: bench.companyId, personKey: ann.key, contactType: 'email', value: 'canary@example.com' },
  });
  const loan = await insertLoan(bench.db, { companyId: bench.companyId, personKey: ann.key });
  const outside = new FakeOutsideGuard();

  await run([{ ...ann, loan: loan.key }], outside);

  const about = { personId: ann.id, theme: 'opsServicing', loanId: loan.id, checkAtCompanyNoon: true };
  expect(asked(outside)).toEqual([
    { ...about, ref: `2/${ann.contact.id}`, contactId: ann.contact.id, channel: 'voice', isAutodialed: true },
    { ...about, ref: `2/${mail.id}`, contactId: mail.id, channel: 'email', isAutodialed: false },
  ]);
});

it('asks about many, a page at a time, each once', async () => {
  const ann = await borrower();
  await bench.db.execute(
    `insert into contact (company_id, person_key, contact_type, status, value)
     select $1, $2, 'email', 'additional', 'n' || n || '@example.com' from generate_series(1, 20999) n`,
    [bench.companyId, ann.key],
  );
  const outside = new FakeOutsideGuard();

  const { counts } = await run([ann], outside);

  expect(outside.asked.map(({ checks }) => checks.length)).toEqual([10_000, 10_000, 1_000]);
  expect(new Set(asked(outside).map(({ ref }) => ref)).size).toBe(21_000);
  expect(counts).toMatchObject({ exported: 21_000, screenedOut: {} });
});

it('leaves nobody excluded and nothing reserved while the guard is away', async () => {
  const ann = await borrower();
  const subject = await loaded([ann]);
  const away = new TemporaryFailure('outsideGuardUnavailable', 'it is away');

  await expect(subject.ask(() => Promise.reject(away))).rejects.toBe(away);

  expect(await bench.db.query('select from reservation')).toEqual([]);
  expect(await bench.db.query('select to_regclass($1) as name', [subject.matched])).toEqual([{ name: null }]);
});

it('waits for nobody who screens: it is asked before the lock', async () => {
  const subject = await loaded([await borrower()]);

  const counts = await bench.db.transaction(async (tx) => {
    await lockScreening(tx, bench.companyId);
    return subject.ask(allowAll);
  });

  expect(counts).toEqual({ asked: 1, allowed: 1 });
});

it('refuses who came in after it was asked, and says what our own rules have learned since', async () => {
  const { db, companyId } = bench;
  const [ann, bob] = [await borrower(), await borrower()] as const;
  const subject = await loaded([ann, bob]);
  await subject.ask(allowAll);
  const late = await insertContact(db, { companyId, personKey: ann.key, status: 'additional' });
  await insertDoNotInteract(db, { companyId, personKey: bob.key });

  const { cache } = await subject.match();

  expect(await verdicts(cache)).toEqual([
    [ann.contact.id, null, null],
    [late.id, ['refusedOutside'], ['no answer']],
    [bob.contact.id, ['doNotInteract'], expect.anything()],
  ]);
});

it('matches nobody before the guard has been asked', async () => {
  const subject = await loaded([await borrower()]);

  await expect(subject.match()).rejects.toMatchObject({ name: 'TemporaryFailure', code: 'answersLost' });
});

it('begins anew when PostgreSQL has lost the rows, whatever it still has of the answers', async () => {
  const subject = await loaded([await borrower()]);
  await subject.ask(allowAll);
  await bench.db.execute(`truncate ${subject.matched.replace('matched', 'checked')}`);

  await expect(subject.match()).rejects.toMatchObject({ name: 'TemporaryFailure', code: 'rowsLost' });
});

it('asks no more once it is told to stop', async () => {
  const ann = await borrower();
  await bench.db.execute(
    `insert into contact (company_id, person_key, contact_type, status)
     select $1, $2, 'email', 'additional' from generate_series(1, 10001)`,
    [bench.companyId, ann.key],
  );
  const subject = await loaded([ann]);
  const stop = new AbortController();
  const reason = new Error('the lease is lost');
  let pages = 0;
  const stopping = async () => {
    pages += 1;
    stop.abort(reason);
    return new Map();
  };

  await expect(subject.ask(stopping, stop.signal)).rejects.toBe(reason);
  expect(pages).toBe(1);
});

interface Borrower {
  key: string;
  loan?: string;
}

const allowAll: OutsideAsking['ask'] = async (checks) =>
  new Map(checks.map(({ ref }) => [ref, { allowed: true, said: null }]));

async function borrower() {
  const { db, companyId } = bench;
  const person = await insertPerson(db, { companyId });
  return { ...person, contact: await insertContact(db, { companyId, personKey: person.key }) };
}

function csvOf(people: readonly Borrower[]) {
  return ['id,loanId', ...people.map(({ key, loan = '' }) => `${key},${loan}`), ''].join('\r\n');
}

async function run(people: readonly Borrower[], outside: FakeOutsideGuard) {
  const { excluded, ...ran } = await bench.run(csvOf(people), screened, { guard, outside });
  return { ...ran, exclusions: excluded };
}

let attempts = 100;

/** A run whose rows are in, of which nobody has been asked yet. */
async function loaded(people: readonly Borrower[]) {
  const { db, companyId } = bench;
  const campaignId = await insertCampaign(db, { companyId });
  const values = { companyId, campaignId, trigger: 'manual', settings: '{}', status: 'running' };
  const { id: runId } = await insertRow<{ id: string }>(db, 'run', values);
  const scope = { ...bench.scope(++attempts), runId };
  const { columns } = await bench.audience.load(scope, Readable.from([Buffer.from(csvOf(people))]), never);
  const matching = matchingOf(screened, columns, { guard });
  return {
    matched: `scratch."${runId}_${scope.attempt}_matched"`,
    ask: (ask: OutsideAsking['ask'], signal = never) => bench.audience.askOutside(scope, matching, { ask, signal }),
    match: () => bench.audience.match(scope, matching, never),
  };
}

async function verdicts({ table }: { table: string }) {
  const rows = await bench.db.query<{ id: string; reasons: string[] | null; compared: string[] | null }>(
    `select contact_id as id, reasons, compared from ${table} where line > 0 order by line, rank`,
  );
  return rows.map(({ id, reasons, compared }) => [id, reasons, compared]);
}

function asked(outside: FakeOutsideGuard): OutsideCheck[] {
  return outside.asked.flatMap(({ checks }) => [...checks]);
}
