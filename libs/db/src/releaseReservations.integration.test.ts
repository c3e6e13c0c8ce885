import { type ControlBench, controlBench } from '@muster/testing/controlBench';
import { resolveDelivery } from './resolveDelivery.ts';

let bench: ControlBench;
beforeEach(async () => void (bench = await controlBench()));
afterEach(() => bench.close());

/** How many of the three borrowers of a screened run are reserved for it: counted for other runs, until it is consumed or past. */
async function openOnes(runId: string) {
  const open = await bench.db.query(
    'select from reserved where run_id = $1 and released_at is null and consumed_by is null',
    [runId],
  );
  return open.length;
}

const screenedRun = (withSftp = true) => bench.readyRun({ screened: true, withSftp });

describe('what a run has reserved', () => {
  it('is kept where its contacts are delivered', async () => {
    const { runId } = await screenedRun();
    await bench.work();
    expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded', screened: true });
    expect(await openOnes(runId)).toBe(3);
  });

  it('counts from the filter on, and is given back when the run fails before its contacts are delivered', async () => {
    const { runId } = await screenedRun();
    await bench.workUntil('export');
    expect(await openOnes(runId)).toBe(3);

    await bench.failAt('export');

    expect(await bench.runOf(runId)).toMatchObject({ status: 'failed' });
    expect(await openOnes(runId)).toBe(0);
  });

  it('is given back when the run is canceled, and when its upload is refused', async () => {
    const { runId } = await screenedRun();
    await bench.workUntil('upload');
    await bench.cancel(runId);
    const refused = await screenedRun();
    await bench.failAt('upload');

    expect([await openOnes(runId), await openOnes(refused.runId)]).toEqual([0, 0]);
  });

  it('is given back without SFTP where the run fails before the file is sealed, and kept from then on', async () => {
    const early = await screenedRun(false);
    await bench.failAt('export');
    const late = await screenedRun(false);
    await bench.workUntil('report');
    await bench.park(late.runId, 'report');
    bench.doorbell.flush();
    const canceled = await screenedRun(false);
    await bench.workUntil('report');
    await bench.cancel(canceled.runId);

    expect(await bench.runOf(late.runId)).toMatchObject({ status: 'failed', error_code: 'parked' });
    expect(await bench.runOf(canceled.runId)).toMatchObject({ status: 'canceled' });
    const ids = [early.runId, late.runId, canceled.runId];
    expect(await Promise.all(ids.map(openOnes))).toEqual([0, 3, 3]);
  });

  it('does not come back with an attempt that is taken back', async () => {
    const { runId, people } = await screenedRun();
    await bench.workUntil('upload');
    const [call] = await bench.db.query<{ key: string }>(
      `insert into interaction (company_id, person_key, channel, status, theme, started_at)
       values ($1, $2, 'voice', 'attempted', 'opsCollDebt', now() + interval '1 s') returning key`,
      [bench.companyId, people[0]?.key],
    );
    expect(await openOnes(runId)).toBe(2);
    await bench.failAt('upload');

    await bench.db.execute(`update interaction set status = 'failed' where key = $1`, [call?.key]);

    expect(await openOnes(runId)).toBe(0);
  });
});

/** A run of which nobody knows whether its contacts were delivered. */
async function doubtfulRun() {
  const { runId } = await screenedRun();
  await loseRename(runId);
  return runId;
}

async function loseRename(runId: string) {
  await bench.workUntil('upload');
  bench.sftp.loseReplyTo('rename').thenRemove(/_contacts.csv$/);
  await bench.work();
  await bench.passTime();
  await bench.heal();
  await bench.work();
  expect(await bench.runOf(runId)).toMatchObject({ status: 'failed', error_code: 'deliveryUnknown' });
}

const resolve = async (runId: string, as: 'delivered' | 'notDelivered') => {
  const wanted = await bench.wantedRun(runId);
  const resolution = { file: 'contacts_output.csv', as, note: 'asked', byKey: 'key1' };
  await bench.company.transaction((tx) => resolveDelivery(tx, wanted, resolution));
};

describe('while a delivery is in doubt, what is reserved', () => {
  it('is kept, and so it is when a person says that it was delivered', async () => {
    const runId = await doubtfulRun();
    expect(await openOnes(runId)).toBe(3);
    await resolve(runId, 'delivered');
    expect(await openOnes(runId)).toBe(3);
  });

  it('is given back when a person says that it was not', async () => {
    const runId = await doubtfulRun();
    await resolve(runId, 'notDelivered');
    expect(await openOnes(runId)).toBe(0);
  });

  it('is given back then, though the run was canceled meanwhile', async () => {
    const runId = await doubtfulRun();
    await bench.db.execute(`update run set status = 'canceled' where id = $1`, [runId]);
    await resolve(runId, 'notDelivered');
    expect(await openOnes(runId)).toBe(0);
  });
});

describe('a retry, as a new generation', () => {
  it('reserves anew, and only whom it hands over now', async () => {
    const { runId, people } = await screenedRun();
    await bench.failAt('upload');
    await bench.db.execute(`update person set status = 'inactive' where key = $1`, [people[0]?.key]);

    await bench.retry(runId);
    await bench.work();

    expect([await bench.generationOf(runId), await openOnes(runId)]).toEqual([2, 2]);
  });

  it('reserves nothing where the exporter no longer screens', async () => {
    const { runId, contactExporterId } = await sealedRun();
    await nameServer(runId); // the sealed file was handed over, this one is not yet
    await bench.db.execute('update contact_exporter set check_can_interact_data = null where id = $1', [
      contactExporterId,
    ]);

    await bench.retry(runId);
    await bench.work();

    expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded', screened: false });
    expect([await bench.generationOf(runId), await openOnes(runId)]).toEqual([2, 0]);
  });
});

/** A screened run without SFTP that has sealed its file and failed after that. */
async function sealedRun() {
  const ready = await screenedRun(false);
  await bench.workUntil('report');
  await bench.park(ready.runId, 'report');
  bench.doorbell.flush();
  return ready;
}

async function nameServer(runId: string) {
  const server = { host: 'sftp.example.com', username: 'muster', cdDir: null, hostKeyFingerprint: null };
  const sftp = JSON.stringify({ ...server, fileNameTemplate: null, compression: 'none' });
  await bench.changeCampaign(runId, `sftp_settings = '${sftp}'`);
}

describe('a retry to a server that the campaign has got since its file was sealed', () => {
  it('keeps what is reserved until the new verdicts drop it: the company works with that file', async () => {
    const { runId, people } = await sealedRun();
    await nameServer(runId);
    await bench.db.execute(`update person set status = 'inactive' where key = $1`, [people[0]?.key]);

    await bench.retry(runId);
    const waiting = await openOnes(runId);
    await bench.work();

    expect([waiting, await bench.generationOf(runId), await openOnes(runId)]).toEqual([3, 2, 2]);
  });

  it.each(['filter', 'export', 'upload'] as const)('keeps it where it fails at its %s', async (step) => {
    const { runId } = await sealedRun();
    await nameServer(runId);
    await bench.retry(runId);

    await bench.failAt(step);

    expect(await bench.runOf(runId)).toMatchObject({ status: 'failed', error_step: step });
    expect(await openOnes(runId)).toBe(3);
  });

  it('keeps it where it is retried again, and gives it back once the exporter screens no more', async () => {
    const { runId, contactExporterId } = await sealedRun();
    await nameServer(runId);
    await bench.retry(runId);
    await bench.failAt('filter');
    await bench.retry(runId);
    await bench.failAt('filter');
    const kept = await openOnes(runId);
    await bench.db.execute('update contact_exporter set check_can_interact_data = null where id = $1', [
      contactExporterId,
    ]);

    await bench.retry(runId);

    expect([kept, await openOnes(runId)]).toEqual([3, 0]);
  });

  it('keeps it where its delivery is resolved as not delivered', async () => {
    const { runId } = await sealedRun();
    await nameServer(runId);
    await bench.retry(runId);
    await loseRename(runId);

    await resolve(runId, 'notDelivered');

    expect(await openOnes(runId)).toBe(3);
  });
});
