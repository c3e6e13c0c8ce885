import {
  insertCampaign,
  insertContact,
  insertLoan,
  insertPerson,
  insertRow,
  type Keyed,
} from '@muster/testing/factories';
import { type ControlBench, controlBench } from '@muster/testing/controlBench';
import { movedClock } from '@muster/testing/movedClock';
import { backUpDatabase } from '@muster/testing/testDatabase';
import { waitFor } from '@muster/testing/waitFor';
import { alertColumns, type AlertRow } from './alerts.ts';
import { openDatabase } from './openDatabase.ts';
import { startSchedule } from './rescheduleCampaigns.ts';
import { settleRestore } from './settleRestore.ts';
import { recordDueSlots, sweepDueSlots } from './slots.ts';

let bench: ControlBench;
const closing: (() => Promise<void>)[] = [];
beforeEach(async () => void (bench = await controlBench()));
afterEach(async () => {
  await bench.close();
  for (const close of closing.splice(0)) await close();
});

/** Backs the database up, does what comes after, and brings it back; what is outside of it stays as it is by then. */
async function lose<Lost>(since: () => Promise<Lost>): Promise<{ lost: Lost; restoreAgain: () => Promise<void> }> {
  const backup = await backUpDatabase(bench.url);
  closing.push(backup.drop);
  await isBack();
  const lost = await since();
  const restoreAgain = async () => {
    await backup.restore();
    await isBack();
  };
  await restoreAgain();
  return { lost, restoreAgain };
}

/** Connections from before are gone, and the pool has noticed. */
const isBack = () =>
  waitFor(async () => {
    const asked = Promise.all(Array.from({ length: 8 }, () => bench.db.query('select pg_sleep(0.01)')));
    return asked.then(
      () => true,
      () => false,
    );
  });

const alerts = () => bench.db.query<AlertRow>(`select ${alertColumns} from alert item order by created_at, id`);

describe('ids', () => {
  /** One of each kind, as they are given out. */
  async function giveOut(): Promise<Record<string, unknown>> {
    const { db, companyId } = bench;
    const person = await insertPerson(db, { companyId });
    const owned = { companyId, personKey: person.key };
    const [loan, contact] = [await insertLoan(db, owned), await insertContact(db, owned)];
    const interaction = await insertRow<Keyed>(db, 'interaction', {
      ...{ ...owned, channel: 'voice', status: 'succeeded', theme: 'opsServicing' },
    });
    const [decision] = await db.query<{ key: string }>(`select nextval('decision_key') as key`);
    const campaignId = await insertCampaign(db, { companyId });
    return {
      ...{ displayId: person.key, person: person.id, loan: loan.id, contact: contact.id, interaction: interaction.id },
      ...{ decision: decision?.key, campaign: campaignId, run: await bench.startRun() },
    };
  }

  it('that were given out since the backup are given out again, and no more once the restore is settled', async () => {
    const { lost, restoreAgain } = await lose(giveOut);
    const again = await giveOut();
    expect(again).toEqual(lost);

    await restoreAgain();
    const { sequencesMoved } = await settleRestore(bench.db);

    const fresh = Object.values(await giveOut());
    expect(fresh.filter((id) => Object.values(lost).includes(id))).toEqual([]);
    expect(sequencesMoved).toBeGreaterThanOrEqual(6);
  });

  it('leave room for what was given out since, and for hundreds of restores more', async () => {
    await giveOut();
    const highest = async () =>
      (
        await bench.db.query<{ n: string }>(
          `select coalesce(max(last_value), 0) as n from pg_sequences where schemaname = 'public' and data_type = 'bigint'::regtype`,
        )
      )[0]?.n;
    const before = Number(await highest());

    await settleRestore(bench.db);

    const distance = Number(await highest()) - before;
    expect(distance).toBeGreaterThanOrEqual(1e9);
    expect(distance).toBeLessThan(2 ** 40 / 500); // eight characters of five bits
    expect((await giveOut())['run']).toMatch(/^CR-[A-Z2-9]{4}-[A-Z2-9]{4}$/);
  });
});

describe('a run that was under way in the backup', () => {
  /** A run in its upload at the time of the backup, which was delivered since. */
  async function deliveredSince() {
    const { runId } = await bench.readyRun({ screened: true });
    await bench.workUntil('upload');
    await lose(() => bench.work());
    return runId;
  }

  it('fails, with an alert that names the place and the file that may be there, and nothing is sent', async () => {
    const runId = await deliveredSince();
    const [[name] = ['none']] = bench.contactsSent();

    expect(await settleRestore(bench.db)).toMatchObject({ runsFailed: [runId], runsCanceled: [] });
    await bench.heal();
    await bench.work();

    const run = await bench.runOf(runId);
    expect(run).toMatchObject({ status: 'failed', error_code: 'databaseRestored', error_step: 'upload' });
    expect(run?.error_message).toContain(`Look on sftp.example.com, where its login leads, for ${name}`);
    expect(await alerts()).toMatchObject([{ kind: 'run.failed', runId, code: 'databaseRestored', resolvedAt: null }]);
    expect([bench.contactsSent().length, bench.uploads()]).toEqual([1, 1]);
  });

  it('is not sent twice when it is retried all the same: its own file is there, and it is told so', async () => {
    const runId = await deliveredSince();
    await settleRestore(bench.db);

    await bench.retry(runId);
    await bench.work();

    const run = await bench.runOf(runId);
    expect(run).toMatchObject({ status: 'failed', error_code: 'remoteNameTaken' });
    expect(run?.error_message).toContain('If it is this run');
    expect(bench.contactsSent()).toHaveLength(1);
  });

  it('can be retried where its file has not come, whatever its lost attempts have left in the file store', async () => {
    const { runId } = await bench.readyRun({ screened: true });
    await bench.workUntil('filter');
    await lose(() => bench.failAt('upload'));
    await settleRestore(bench.db);

    await bench.retry(runId);
    await bench.work();

    expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded', error_code: null });
    expect(bench.contactsSent()).toHaveLength(1);
  });

  it('rings for its retry as no lost attempt has rung: the queue may have kept those', async () => {
    const { runId } = await bench.readyRun();
    const { lost } = await lose(async () => {
      await bench.failAt('upload');
      await bench.retry(runId);
      return bench.doorbell.take();
    });
    await settleRestore(bench.db);
    bench.doorbell.flush();

    await bench.retry(runId);

    expect(bench.doorbell.take()?.ring).toBeGreaterThan((lost?.ring ?? 0) + 100);
  });

  it('goes on to count as an attempt: its contacts may be with the dialer', async () => {
    const { runId, people } = await bench.readyRun({ screened: true });
    await bench.workUntil('upload');
    await bench.reserve(runId, people[0]?.key ?? '');
    await settleRestore(bench.db);
    expect(await bench.reservationsOf(runId)).not.toEqual([]);
  });

  it.each([
    ['of which nothing was done yet', () => bench.startRun(), /run_CR-\w{4}-\w{4}_YYYYMMDDTHHMMSSZ_contacts.csv/],
    [
      'without a server',
      () => bench.startRun({ sftpSettings: null }),
      /It sends no file: retry it, or start a new run/,
    ],
    ['of an outside worker', () => bench.startRun({ worker: 'external' }), /ask its outside worker/],
    ['whose contacts were delivered', untilReport, /after its contacts were delivered as .*_contacts.csv: retry it/],
  ])('says what is to be done: %s', async (_, start, message) => {
    const runId = await start();

    await settleRestore(bench.db);

    expect(await bench.runOf(runId)).toMatchObject({
      ...{ status: 'failed', error_code: 'databaseRestored' },
      error_message: expect.stringMatching(message) as string,
    });
  });

  it('is canceled where that was asked for: no file is sent after that', async () => {
    const { runId } = await bench.readyRun();
    await bench.runs.claim({ runId, step: 'query' }, false);
    await bench.cancel(runId);

    expect(await settleRestore(bench.db)).toMatchObject({ runsFailed: [], runsCanceled: [runId] });

    expect(await bench.runOf(runId)).toMatchObject({ status: 'canceled', error_code: null });
    expect(await alerts()).toEqual([]);
  });

  it('stays in doubt where its rename was under way, and can be resolved', async () => {
    const { runId } = await bench.readyRun();
    bench.sftp.loseReplyTo('rename');
    await bench.work().catch(() => undefined);

    await settleRestore(bench.db);

    expect(await bench.runOf(runId)).toMatchObject({ status: 'failed', error_code: 'deliveryUnknown' });
    expect(await alerts()).toMatchObject([{ kind: 'delivery.unknown', runId }]);
  });
});

/** A run whose contacts are delivered, and whose log is not. */
async function untilReport() {
  const { runId } = await bench.readyRun();
  await bench.workUntil('report');
  return runId;
}

describe('a slot since the backup', () => {
  const at = (time: string) => movedClock(bench.db, time);

  async function scheduled() {
    const { db, companyId } = bench;
    await db.execute(
      `update company set time_zone = 'UTC', dispatch_from = '06:00', dispatch_to = '06:01' where id = $1`,
      [companyId],
    );
    const campaignId = await insertCampaign(db, { companyId, schedule: 'P P * * *' });
    await at('2026-06-01T00:00:00Z').transaction((tx) => startSchedule(tx, campaignId));
    return campaignId;
  }
  const slotsOf = async (campaignId: string) =>
    (
      await bench.db.query<{ slot: string }>(
        `select concat_ws(' ', due_date, state, reason) as slot from campaign_slot where campaign_id = $1 order by due_date`,
        [campaignId],
      )
    ).map(({ slot }) => slot);

  it('would run again before the cut-off, and is missed once the restore is settled; the next one runs', async () => {
    const campaignId = await scheduled();
    const morning = '2026-06-02T07:00:00Z';
    const { restoreAgain } = await lose(() => recordDueSlots(at(morning), campaignId));
    expect((await recordDueSlots(at(morning), campaignId)).runIds).toHaveLength(1);

    await restoreAgain();
    expect((await settleRestore(at(morning))).slotsMissed).toBe(2);
    await sweepDueSlots(at(morning), { limit: 10 });
    await sweepDueSlots(at('2026-06-03T07:00:00Z'), { limit: 10 });

    const missed = ['2026-06-01', '2026-06-02'].map((date) => `${date} missed databaseRestored`);
    expect(await slotsOf(campaignId)).toEqual([...missed, '2026-06-03 run']);
  });

  it('raises one alert for all of a campaign, which claims no more than is known', async () => {
    const campaignId = await scheduled();

    await settleRestore(at('2028-06-02T07:00:00Z'));

    const raised = await alerts();
    expect(raised).toMatchObject([{ kind: 'slot.missed', campaignId, code: 'databaseRestored', slots: 733 }]);
    expect(raised[0]?.message).toMatch(/whether the runs of 733 .* took place since, .* 2028-06-02, is not known/);
  });

  it('of a campaign that cannot be read is named, and holds up no other', async () => {
    const [broken, sound] = [await scheduled(), await scheduled()];
    await bench.db.execute(`update campaign set schedule = '0 9 * * *' where id = $1`, [broken]);

    const settled = await settleRestore(at('2026-06-01T07:00:00Z'));

    expect(settled.campaignsUnreadable).toMatchObject([{ campaignId: broken }]);
    expect(await slotsOf(sound)).toEqual(['2026-06-01 missed databaseRestored']);
  });
});

it('finds nothing to do a second time, but for moving ids on', async () => {
  const { runId } = await bench.readyRun();
  await settleRestore(bench.db);

  const again = await settleRestore(bench.db);

  const nothing = { runsFailed: [], runsCanceled: [], slotsMissed: 0, campaignsUnreadable: [] };
  expect(again).toMatchObject(nothing);
  expect(await alerts()).toMatchObject([{ runId }]);
});

it('is refused while a process is connected, and changes nothing', async () => {
  const { runId } = await bench.readyRun();
  const other = await openDatabase({ url: bench.url, applicationName: 'muster-scheduler' });
  closing.push(() => other.close());

  await expect(settleRestore(bench.db)).rejects.toMatchObject({
    code: 'processesConnected',
    message: expect.stringContaining('muster-scheduler') as string,
  });

  expect(await bench.runOf(runId)).toMatchObject({ status: 'pending' });
  expect(await bench.attemptsOf(runId)).toMatchObject({ query: 0 });
});

it('keeps whoever comes meanwhile waiting until all of it is done', async () => {
  let starting: Promise<string> | undefined;
  await bench.db.transaction(async (tx) => {
    await settleRestore(tx);
    starting = bench.startRun();
    const waiting = () =>
      bench.db.query(`select 1 from pg_locks where not granted and database = (
      select oid from pg_database where datname = current_database())`);
    await waitFor(async () => (await waiting()).length > 0, { what: 'the start of a run to wait' });
  });
  expect(await bench.runOf((await starting) ?? '')).toMatchObject({ status: 'pending' });
});
