import { Readable } from 'node:stream';
import { advisoryLocks } from '@muster/core/advisoryLocks';
import { type Database } from '@muster/core/database';
import { audienceBench, matchingOf, type RunOptions } from '@muster/testing/audienceBench';
import { insertContact, insertLoan, insertPerson, insertRow } from '@muster/testing/factories';
import { waitFor } from '@muster/testing/waitFor';
import { audience } from '../audience.ts';
import { lockScreening } from './reserve.ts';

type Bench = Awaited<ReturnType<typeof audienceBench>>;
let bench: Bench;
beforeEach(async () => (bench = await audienceBench()));
afterEach(() => bench.close());

const now = new Date('2026-03-04T17:34:00Z');
const hoursLater = (hours: number, ms = 0) => new Date(now.getTime() + hours * 3_600_000 + ms);
const screened = (theme: 'opsCollDebt' | 'agentNotification' | 'opsServicing' = 'opsCollDebt') => ({
  checkCanInteractData: { theme, isAutodialed: false },
});

/** Runs that may reserve, each of them stored. */
async function insertRuns(...ids: string[]) {
  const { db, companyId } = bench;
  const [campaign] = await db.query<{ id: string }>('insert into campaign (company_id) values ($1) returning id', [
    companyId,
  ]);
  await db.execute(
    `insert into run (id, company_id, campaign_id, trigger, settings, status)
     select id, $2, $3, 'manual', '{}', 'succeeded' from unnest($1::text[]) id`,
    [ids, companyId, campaign?.id],
  );
}

/** A borrower of whom one more attempt is allowed: light, one of two is spent. */
async function insertBorrower(spent = 1) {
  const { db, companyId } = bench;
  const { key } = await insertPerson(db, { companyId, collectionsIntensity: 'light' });
  await insertContact(db, { companyId, personKey: key, value: '+12125550100' });
  const call = { channel: 'voice', status: 'attempted', theme: 'opsCollDebt', startedAt: hoursLater(-1) };
  for (let n = 0; n < spent; n++) await insertRow(db, 'interaction', { companyId, personKey: key, ...call });
  return key;
}

const csvOf = (keys: readonly string[]) => `id\r\n${keys.map((key) => `${key}\r\n`).join('')}`;
const runOf = (runId: string, keys: readonly string[], over: RunOptions = {}) =>
  bench.run(csvOf(keys), screened(), { runId, ...over });
const openOnes = () =>
  bench.db.query(
    `select run_id as "runId", person_key as person, loan_key as loan, channel, theme from reserved
     where released_at is null and consumed_by is null order by run_id, person_key, loan_key, channel`,
  );

it('counts what other runs have handed over, but not its own', async () => {
  await insertRuns('CR-A', 'CR-B');
  const keys = [await insertBorrower()];

  const first = await runOf('CR-A', keys);
  const other = await runOf('CR-B', keys);
  const again = await runOf('CR-A', keys, { attempt: 2 });

  expect([first, other, again].map(({ counts }) => counts.exported)).toEqual([1, 0, 1]);
  expect(other.counts.screenedOut).toEqual({ frequencyLimit: 1 });
});

it('reserves one attempt for each loan, else person, however many contacts are handed over', async () => {
  const { db, companyId } = bench;
  await insertRuns('CR-A');
  const key = await insertBorrower(0);
  await insertContact(db, { companyId, personKey: key, value: '+12125550101' });
  const other = await insertBorrower(0);
  const of = { companyId, personKey: key };
  const loans = [(await insertLoan(db, of)).key, (await insertLoan(db, of)).key];
  const csv = `id,loanId\r\n${key},${loans[0]}\r\n${key},${loans[1]}\r\n${other},\r\n`;

  const { counts } = await bench.run(csv, screened(), { runId: 'CR-A' });

  expect(counts.exported).toBe(5);
  const common = { runId: 'CR-A', channel: 'voice', theme: 'opsCollDebt' };
  expect(await openOnes()).toEqual([
    { ...common, person: key, loan: loans[0] },
    { ...common, person: key, loan: loans[1] },
    { ...common, person: other, loan: null },
  ]);
});

it('reserves only what a pack counts: not other themes, and no e-mail', async () => {
  const { db, companyId } = bench;
  await insertRuns('CR-A', 'CR-B', 'CR-C');
  const key = await insertBorrower(0);
  await insertContact(db, { companyId, personKey: key, contactType: 'email', value: 'robin@example.com' });
  const all = { contactMatchingCriteria: { affiliation: ['self' as const] } };

  await bench.run(csvOf([key]), { ...screened('opsServicing'), ...all }, { runId: 'CR-A' });
  expect(await openOnes()).toEqual([]);
  const { counts } = await bench.run(csvOf([key]), { ...screened(), ...all }, { runId: 'CR-B' });
  await bench.run(csvOf([key]), { ...screened('agentNotification'), ...all }, { runId: 'CR-C' });

  expect(counts.exported).toBe(2);
  expect(await openOnes()).toMatchObject([
    { runId: 'CR-B', channel: 'voice', theme: 'opsCollDebt' },
    { runId: 'CR-C', channel: 'voice', theme: 'agentNotification' },
  ]);
});

it('reserves nothing for whoever is screened out', async () => {
  await insertRuns('CR-A');
  await runOf('CR-A', [await insertBorrower(2)]);
  expect(await openOnes()).toEqual([]);
});

it('reserves nothing in a preview, nor in a run that is not screened', async () => {
  await insertRuns('CR-A');
  const keys = [await insertBorrower()];

  await bench.run(csvOf(keys), screened());
  await bench.run(csvOf(keys), {}, { runId: 'CR-A' });

  expect(await bench.db.query('select * from reservation')).toEqual([]);
});

it('counts for as many hours as the company wants, and not a moment longer', async () => {
  await insertRuns('CR-A', 'CR-B');
  const keys = [await insertBorrower()];
  await runOf('CR-A', keys, { guard: { reservationHours: 5 } });
  await bench.db.execute(`update reservation_set set expires_at = date_trunc('minute', expires_at)`); // as of now, and not of a moment later

  const before = await runOf('CR-B', keys, { now: hoursLater(5, -1) });
  const after = await runOf('CR-B', keys, { now: hoursLater(5) });

  expect([before.counts.exported, after.counts.exported]).toEqual([0, 1]);
});

it('is of the moment at which the run got its turn: what was tried while it waited consumes nothing', async () => {
  await insertRuns('CR-A');
  const keys = [await insertBorrower(0)];
  const { waited } = await whileLocked(bench.db, () => runOf('CR-A', keys));

  const [made] = await bench.db.query<{ waitedMs: number; lifeMs: number }>(
    `select extract(epoch from reserved_at - $1) * 1000 as "waitedMs", extract(epoch from expires_at - reserved_at) * 1000 as "lifeMs"
     from reserved`,
    [now],
  );

  expect(Number(made?.waitedMs)).toBeGreaterThanOrEqual(waited);
  expect(Number(made?.lifeMs)).toBe(168 * 3_600_000);
});

describe('another attempt, or generation, of the same run', () => {
  it('reserves once, anew', async () => {
    await insertRuns('CR-A');
    const keys = [await insertBorrower(), await insertBorrower()];

    await runOf('CR-A', keys);
    await runOf('CR-A', keys, { attempt: 2, now: hoursLater(1) });

    expect(await openOnes()).toHaveLength(2);
    const [latest] = await bench.db.query<{ at: Date }>('select max(reserved_at) as at from reserved');
    expect(latest?.at.getTime()).toBeGreaterThanOrEqual(hoursLater(1).getTime());
  });

  it('gives back what it drops', async () => {
    await insertRuns('CR-A', 'CR-B');
    const [kept, dropped] = [await insertBorrower(), await insertBorrower()];
    await runOf('CR-A', [kept, dropped]);

    await runOf('CR-A', [kept], { attempt: 2 });
    const other = await runOf('CR-B', [kept, dropped]);

    expect(other.rows.map(([id]) => id)).toEqual([dropped]);
  });

  it('gives back those of another theme', async () => {
    await insertRuns('CR-A');
    const key = await insertBorrower();
    await runOf('CR-A', [key]);

    await bench.run(csvOf([key]), screened('agentNotification'), { runId: 'CR-A', attempt: 2 });

    expect(await openOnes()).toMatchObject([{ theme: 'agentNotification' }]);
  });

  it('reserves again what an attempt has consumed since', async () => {
    const { db, companyId } = bench;
    await insertRuns('CR-A');
    const key = await insertBorrower(0);
    await runOf('CR-A', [key]);
    const call = { channel: 'voice', status: 'attempted', theme: 'opsCollDebt', startedAt: hoursLater(1) };
    await insertRow(db, 'interaction', { companyId, personKey: key, ...call });
    expect(await openOnes()).toEqual([]);

    await runOf('CR-A', [key], { attempt: 2, now: hoursLater(2) });

    expect(await openOnes()).toHaveLength(1);
  });

  it('is not replaced by one that has lost its lease', async () => {
    await insertRuns('CR-A');
    const keys = [await insertBorrower(), await insertBorrower()];
    await insertRow(bench.db, 'run_step', { runId: 'CR-A', name: 'filter', ordinal: 1, attempt: 2 });
    await runOf('CR-A', keys, { attempt: 2 });

    await expect(runOf('CR-A', keys.slice(1), { attempt: 1 })).rejects.toMatchObject({ name: 'LeaseLost' });

    expect(await openOnes()).toHaveLength(2);
  });

  it('reserves nothing once the run has ended without handing over', async () => {
    await insertRuns('CR-A');
    await bench.db.execute(`update run set status = 'canceled'`);

    await expect(runOf('CR-A', [await insertBorrower()])).rejects.toMatchObject({ name: 'LeaseLost' });

    expect(await openOnes()).toEqual([]);
  });
});

it('gives the last attempt of each borrower to exactly one of the runs that race for it', async () => {
  const keys: string[] = [];
  for (let n = 0; n < 60; n++) keys.push(await insertBorrower());
  for (let round = 0; round < 8; round++) {
    const ids = ['A', 'B', 'C'].map((name) => `CR-${name}-${round}`);
    await insertRuns(...ids);
    // each has some of its own, and twenty that all of them want
    const wanted = ids.map((_, at) => keys.filter((_, n) => n % 3 === at || n % 3 === round % 3));

    const runs = await Promise.all(ids.map((id, at) => runOf(id, wanted[at] ?? [])));

    const got = runs.flatMap(({ rows }) => rows.map(([id]) => id ?? '')).sort();
    expect(got).toEqual([...keys].sort());
    await bench.db.execute('update reservation_set set released_at = reserved_at where released_at is null');
  }
});

/** Does something while another transaction screens, for a second; gives its result, and how long it was kept waiting. */
async function whileLocked<Result>(db: Database, work: () => Promise<Result>, hold = stillWaitsFor(600)) {
  let working: Promise<Result> | undefined;
  const startedAt = performance.now();
  await db.transaction(async (tx) => {
    await lockScreening(tx, bench.companyId);
    working = work();
    await Promise.race([hold(), working]);
  });
  const waited = performance.now() - startedAt;
  if (!working) throw new Error('nothing was done');
  return { result: await working, waited: waited - 300 }; // it had to get as far as the lock
}

/** Waits until somebody has waited so long for the lock, in the database's own eyes. */
const stillWaitsFor = (ms: number) => () =>
  waitFor(
    async () => {
      const waiting = await bench.db.query(
        `select from pg_locks where locktype = 'advisory' and not granted and classid = $1
         and waitstart < clock_timestamp() - $2 * interval '1 ms'`,
        [advisoryLocks.screening, ms],
      );
      return waiting.length > 0;
    },
    { what: 'a run that waits for its turn' },
  );

/** The database, whose statements give up waiting for locks soon. */
const impatient = (db: Database): Database => ({
  ...db,
  transaction: (work, ...opening) =>
    db.transaction(
      async (tx, opened) => {
        await tx.query(`select set_config('lock_timeout', '200ms', true)`);
        return work(tx, opened);
      },
      ...opening,
    ),
});

describe('a run that must wait for another one', () => {
  it('waits longer than statements wait for locks', async () => {
    await insertRuns('CR-A');
    const keys = [await insertBorrower()];
    const { result } = await whileLocked(bench.db, () => runOf('CR-A', keys, { db: impatient(bench.db) }));
    expect(result.counts.exported).toBe(1);
  });

  it('waits no longer than others for what comes after', async () => {
    const limit = await impatient(bench.db).transaction(async (tx) => {
      await lockScreening(tx, bench.companyId);
      return tx.query(`select current_setting('lock_timeout') as limit`);
    });
    expect(limit).toEqual([{ limit: '200ms' }]);
  });

  it('does not wait for those of other companies', async () => {
    await bench.db.transaction(async (tx) => {
      await lockScreening(tx, 'CP-OTHE-RONE');
      await insertRuns('CR-A');
      const { counts } = await runOf('CR-A', [await insertBorrower()]);
      expect(counts.exported).toBe(1);
    });
  });

  it('stops waiting when it is canceled', async () => {
    const { db, companyId } = bench;
    const scope = { runId: 'CR-A', companyId, attempt: 1 };
    await insertRuns('CR-A');
    const subject = audience(db);
    const controller = new AbortController();
    const csv = Readable.from([Buffer.from(csvOf([await insertBorrower()]))]);
    const { columns } = await subject.load(scope, csv, controller.signal);

    await db.transaction(async (tx) => {
      await lockScreening(tx, companyId);
      const matching = subject.match(scope, matchingOf(screened(), columns), controller.signal);
      const ended = matching.catch((error: unknown) => error);
      await stillWaitsFor(0)();
      controller.abort(new Error('canceled'));
      expect(await ended).toMatchObject({ code: 'databaseBusy' }); // while the other one still holds it
      expect(await db.query(`select from pg_locks where locktype = 'advisory' and not granted`)).toEqual([]);
    });
    expect(await openOnes()).toEqual([]);
  });
});
