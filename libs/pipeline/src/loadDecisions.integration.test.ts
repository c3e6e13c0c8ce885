import { waitFor } from '@muster/testing/waitFor';
import { randomBytes } from 'node:crypto';
import { TemporaryFailure } from '@muster/core/errors';
import { openSecretBox } from '@muster/core/secretBox';
import { listDecisions, tidyDecisions } from '@muster/db/decisions';
import { wantDecisions } from '@muster/db/decisionsOfRun';
import { retryRun } from '@muster/db/retryRun';
import { insertContact, insertExporter, insertLoan, insertPerson, type Keyed } from '@muster/testing/factories';
import { pipelineBench } from '@muster/testing/pipelineBench';
import { taskBench, type TaskBench } from '@muster/testing/taskBench';
import { executeTask } from './executeTask.ts';

type Bench = Awaited<ReturnType<typeof pipelineBench>>;
let bench: Bench;
let worker: TaskBench;
beforeEach(async () => {
  bench = await pipelineBench();
  worker = await openWorker();
});
afterEach(async () => {
  await worker.close();
  await bench.close();
});

function openWorker(options: { inMemoryBytes?: number } = {}) {
  const box = openSecretBox({ key: randomBytes(32).toString('base64') });
  return taskBench({ db: bench.db, box, files: bench.store, log: bench.log, ...options });
}

/** Starts a screened run of these rows and takes it through its steps. */
async function runThrough(rows: string[], { header = 'id', ...change }: { header?: string; theme?: string } = {}) {
  bench.redash.csv = [header, ...rows].map((row) => `${row}\r\n`).join('');
  const contactExporterId = await insertExporter(bench.db, {
    companyId: bench.companyId,
    checkCanInteractData: { theme: (change.theme ?? 'opsCollDebt') as 'opsCollDebt', isAutodialed: false },
  });
  const runId = await bench.startRun({ contactExporterId });
  await bench.heal();
  await bench.work();
  return runId;
}

/** Does the tasks that there are, as a worker does; gives what became of them. */
async function doTasks() {
  for (;;) {
    const claim = await worker.deps.tasks.claim({ queue: 'imports' });
    if (!claim) break;
    await executeTask(claim, worker.deps, new AbortController().signal);
  }
  return bench.db.query<{ status: string; error_code: string | null }>(
    `select status, error_code from task where kind = 'decisions' order by created_at`,
  );
}

const decisionsOf = async ({ key }: Keyed) => {
  const page = await listDecisions(bench.db.forCompany(bench.companyId), key, { limit: 100 });
  return page.rows;
};
const inactive = () => insertPerson(bench.db, { companyId: bench.companyId, status: 'inactive' });
const phoneOf = (person: Keyed) => insertContact(bench.db, { companyId: bench.companyId, personKey: person.key });
const stored = async () => Number((await bench.db.query<{ count: string }>('select count(*) from decision'))[0]?.count);

describe.each([
  ['handed over', {}],
  ['by tables', { inMemoryBytes: 0 }],
])('%s', (_, options) => {
  beforeEach(async () => {
    await worker.close();
    worker = await openWorker(options);
  });

  it('tells of each person what the run has decided, and why, once the run has ended', async () => {
    const [good, refused, bare] = [await bench.addBorrower(), await inactive(), await inactive()];
    const [phone, other] = [await phoneOf(refused), await phoneOf(refused)];
    const loan = await insertLoan(bench.db, { companyId: bench.companyId, personKey: good.key });
    const rows = [`${good.key},${loan.id}`, `${refused.id},`, `${bare.key},`, `${good.key},${loan.key}`, '999999999,'];

    const runId = await runThrough(rows, { header: 'id,loanId' });
    expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded' });
    expect(await stored()).toBe(0); // no run waits for it
    expect(await doTasks()).toEqual([{ status: 'succeeded', error_code: null }]);

    const run = { id: runId, status: 'succeeded', campaignId: expect.any(String) as string, campaignName: null };
    expect(await decisionsOf(good)).toMatchObject([
      {
        verdict: 'included',
        run,
        channel: 'voice',
        theme: 'opsCollDebt',
        loanIds: [loan.id],
        reasons: null,
        rulePacks: 'reg-f 1',
      },
    ]);
    const excluded = await decisionsOf(refused);
    expect(excluded.map(({ contactId }) => contactId).sort()).toEqual([phone.id, other.id].sort());
    expect(excluded[0]).toMatchObject({
      ...{ verdict: 'excluded', run, loanIds: null, rulePacks: 'reg-f 1' },
      ...{ reasons: ['borrowerInactive'], rules: ['borrower-active'], compared: ['status inactive'] },
    });
    expect(await decisionsOf(bare)).toMatchObject([{ verdict: 'excluded', contactId: null, reasons: ['noContact'] }]);
    expect(await stored()).toBe(4);
  });

  it('tells what was compared beside each of several reasons', async () => {
    const person = await inactive();
    await insertContact(bench.db, {
      companyId: bench.companyId,
      personKey: person.key,
      affiliation: 'spouse',
      valid: false,
    });

    await runThrough([person.key]);
    await doTasks();

    expect(await decisionsOf(person)).toMatchObject([
      {
        reasons: ['contactInvalid', 'thirdPartyNotAuthorized', 'borrowerInactive'],
        rules: ['valid', 'third-party', 'borrower-active'],
        compared: ['valid false', 'affiliation spouse', 'status inactive'],
      },
    ]);
  });

  it('tells of whoever a row names whom it cannot be about: why, once a person, and nothing of the loan of somebody else', async () => {
    const [person, other] = [await bench.addBorrower(), await bench.addBorrower()];
    const theirs = await insertLoan(bench.db, { companyId: bench.companyId, personKey: other.key });
    const wrong = [`${person.key},${theirs.key}`, `${person.id},LN-2222-2222`, `${person.id},${theirs.id}`];
    const nobody = [`,${theirs.key}`, `-${person.key},`, `999999999,${theirs.key}`];

    await runThrough([...wrong, `${person.key},-1`, ...nobody], { header: 'id,loanId' });
    await doTasks();

    const decided = await decisionsOf(person);
    expect(decided).toHaveLength(2);
    for (const reasons of [['invalid'], ['invalid', 'unknownLoan']]) {
      const named = { contactId: null, loanIds: null, channel: null, rulePacks: null };
      expect(decided).toContainEqual(expect.objectContaining({ verdict: 'excluded', reasons, ...named }));
    }
    expect(await stored()).toBe(2);
  });

  it('tells of a person beside the valid rows that name them, however their number was written', async () => {
    const [person, bare] = [await bench.addBorrower(), await insertPerson(bench.db, { companyId: bench.companyId })];
    const loan = await insertLoan(bench.db, { companyId: bench.companyId, personKey: bare.key });
    const long = (key: string) => key.padStart(25, '0');

    await runThrough([`${person.key},`, `${person.key},-1`, `${long(bare.key)},${long(loan.key)}`], {
      header: 'id,loanId',
    });
    await doTasks();

    expect((await decisionsOf(person)).map(({ verdict }) => verdict).sort()).toEqual(['excluded', 'included']);
    expect(await decisionsOf(bare)).toMatchObject([{ reasons: ['noContact'], loanIds: [loan.id] }]);
  });

  it('is done twice with the same outcome, also where a worker was lost right before the end', async () => {
    const person = await bench.addBorrower();
    await runThrough([person.key]);
    const claim = (await worker.deps.tasks.claim({ queue: 'imports' }))!;
    await bench.db.execute(`update task set lease_until = clock_timestamp() - interval '1 s'`);
    await doTasks();

    await executeTask(claim, worker.deps, new AbortController().signal); // the lost one comes back

    expect(await stored()).toBe(1);
    expect(bench.log.lines.map(({ event }) => event)).toContain('task.lost');
  });

  it('replaces the decisions of a run that is retried when it ends again', async () => {
    const person = await bench.addBorrower();
    bench.sftp.goAway();
    bench.deps.retries.upload = 0;
    const runId = await runThrough([person.key]);
    expect(await bench.runOf(runId)).toMatchObject({ status: 'failed' });
    await doTasks();
    expect(await decisionsOf(person)).toMatchObject([{ verdict: 'included', run: { status: 'failed' } }]);

    await bench.db.execute(`update person set status = 'inactive' where key = $1`, [person.key]);
    const { campaign_id: campaign } = (
      await bench.db.query<{ campaign_id: string }>('select campaign_id from run')
    )[0]!;
    const company = bench.db.forCompany(bench.companyId);
    await company.transaction((tx) => retryRun(tx, { campaign, runId }, { byKey: 'k', withinMs: 60_000 }));
    bench.sftp.allow('connect');
    await bench.heal();
    await bench.work();
    await doTasks();

    expect(await decisionsOf(person)).toMatchObject([{ verdict: 'excluded', run: { status: 'succeeded' } }]);
  });

  it('stores them once where two loadings of one end are at work at once', async () => {
    const person = await bench.addBorrower();
    const runId = await runThrough([person.key]);
    await bench.db.transaction((tx) => wantDecisions(tx, runId));
    const claims = [
      await worker.deps.tasks.claim({ queue: 'imports' }),
      await worker.deps.tasks.claim({ queue: 'imports' }),
    ];

    const never = new AbortController().signal;
    await Promise.all(claims.map(async (claim) => claim && executeTask(claim, worker.deps, never)));
    await bench.db.execute('update task set not_before = null');
    await doTasks();

    expect(await stored()).toBe(1);
  });

  it('stores nothing of a run that was reopened meanwhile', async () => {
    const person = await bench.addBorrower();
    const runId = await runThrough([person.key]);
    const claim = (await worker.deps.tasks.claim({ queue: 'imports' }))!;
    const read = bench.store.read.bind(bench.store);
    bench.store.read = async (key) => {
      await bench.db.execute(`update run set status = 'pending', finished_at = null where id = $1`, [runId]);
      return read(key);
    };

    await executeTask(claim, worker.deps, new AbortController().signal);

    expect(await stored()).toBe(0);
    expect(await bench.db.query(`select status, tries from task where kind = 'decisions'`)).toEqual([
      { status: 'pending', tries: 0 },
    ]);
  });

  it('leaves no table behind', async () => {
    const person = await bench.addBorrower();
    await runThrough([person.key]);
    await doTasks();
    const areGone = async () => (await worker.scratchTables()).length === 0;
    await waitFor(areGone, { timeoutMs: 10_000, everyMs: 100, what: 'the tables to be dropped' });
    expect(await worker.scratchTables()).toEqual([]);
  });
});

it('asks for nothing where nobody was matched', async () => {
  const person = await bench.addBorrower();
  bench.redash.csv = `id\r\n${person.key}\r\n`;
  await bench.startRun({ withExporter: false });
  await bench.heal();
  await bench.work();
  expect(await doTasks()).toEqual([]);
});

it('waits for a file store that is away, however often', async () => {
  const person = await bench.addBorrower();
  await runThrough([person.key]);
  const read = bench.store.read.bind(bench.store);
  bench.store.read = async () => {
    throw new TemporaryFailure('fileStoreFailed', 'the file store is away');
  };
  for (let tries = 0; tries < 5; tries++) {
    expect(await doTasks()).toEqual([{ status: 'pending', error_code: null }]);
    await bench.db.execute('update task set not_before = null');
  }

  bench.store.read = read;
  expect(await doTasks()).toEqual([{ status: 'succeeded', error_code: null }]);
  expect(await stored()).toBe(1);
});

it('forgets the tasks that have done their work', async () => {
  await runThrough([(await bench.addBorrower()).key]);
  await doTasks();
  await bench.db.execute(`update task set finished_at = finished_at - interval '61 minutes'`);
  await tidyDecisions(bench.db);
  expect(await bench.db.query('select id from task')).toEqual([]);
});

describe('of another company', () => {
  it('is seen by no other one, neither through the whole nor through one of its months', async () => {
    const person = await bench.addBorrower();
    await runThrough([person.key]);
    await doTasks();
    const other = bench.db.forCompany('CP-2222-2222');
    expect(await other.query('select * from decision')).toEqual([]);
    expect((await listDecisions(other, person.key, { limit: 5 })).rows).toEqual([]);
    for (const { name } of await bench.db.query<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'decision'::regclass`,
    )) {
      await expect(other.query(`select * from ${name}`)).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('is written for no other one, and its months are nobody’s to make', async () => {
    const own = bench.db.forCompany(bench.companyId);
    const insert = `insert into decision (company_id, person_key, decided_at, verdict) values ('CP-2222-2222', 1, now(), 'included')`;
    await expect(own.execute(insert)).rejects.toMatchObject({ code: '42501' });
    await expect(own.query('select keep_decisions()')).rejects.toMatchObject({ code: '42501' });
  });
});
