import { type Claim } from '@muster/pipeline/runs';
import { type ControlBench, controlBench } from '@muster/testing/controlBench';
import { insertCampaign, insertRow } from '@muster/testing/factories';
import { movedClock } from '@muster/testing/movedClock';
import { alertColumns, type AlertRow } from './alerts.ts';
import { cancelLateRuns } from './cancelLateRuns.ts';
import { failSilentRuns } from './failSilentRuns.ts';
import { startSchedule } from './rescheduleCampaigns.ts';
import { resolveDelivery } from './resolveDelivery.ts';
import { recordDueSlots } from './slots.ts';

let bench: ControlBench;
beforeEach(async () => void (bench = await controlBench()));
afterEach(() => bench.close());

const alerts = () => bench.db.query<AlertRow>(`select ${alertColumns} from alert item order by created_at, id`);
const endWith = async (runId: string, code: string) => {
  const query = (await bench.runs.claim({ runId, step: 'query' }, false)) as Claim;
  await bench.runs.endRun(query, 'failed', { code, message: 'Told' });
};

describe('a parked run', () => {
  it('raises an alert that says why, and a retry closes it', async () => {
    const { runId } = await bench.readyRun();
    await bench.park(runId, 'query');

    const { campaign } = await bench.wantedRun(runId);
    const message = (await bench.runOf(runId))?.error_message;
    expect(await alerts()).toMatchObject([
      {
        ...{ kind: 'run.parked', campaignId: campaign, runId, code: 'parked', message },
        ...{ resolvedAt: null, webhook: 'none' },
      },
    ]);

    await bench.retry(runId);

    expect(await alerts()).toMatchObject([{ resolvedAt: expect.any(Date) as Date }]);
  });

  it('raises another alert when it is parked again', async () => {
    const { runId } = await bench.readyRun();
    await bench.park(runId, 'query');
    await bench.retry(runId);
    await bench.park(runId, 'query');

    const all = await alerts();
    expect(all.map(({ kind, resolvedAt }) => [kind, resolvedAt === null])).toEqual([
      ['run.parked', false],
      ['run.parked', true],
    ]);
  });

  it('raises nothing where the transaction that parks it is rolled back', async () => {
    const { runId } = await bench.readyRun();
    const parking = bench.db.transaction(async (tx) => {
      await tx.execute(`update run set status = 'failed', error_code = 'parked' where id = $1`, [runId]);
      throw new Error('the worker is gone');
    });
    await expect(parking).rejects.toThrow('gone');
    expect(await alerts()).toEqual([]);
  });
});

describe('a run that failed', () => {
  it.each([
    ...['screeningExpired', 'hostKeyChanged', 'sftpLoginRefused', 'countsDiffer', 'fileSealed', 'remoteNameTaken'],
    ...['secretUnreadable', 'sftpSecretMissing', 'sftpUnreachable', 'queryFailed', 'unexpected'],
  ])('raises an alert, whatever it failed of: %s', async (code) => {
    const { runId } = await bench.readyRun();
    await endWith(runId, code);
    expect(await alerts()).toMatchObject([{ kind: 'run.failed', runId, code, message: 'Told', resolvedAt: null }]);
  });

  it('raises one where an outside worker told nothing, too', async () => {
    const { runId } = await bench.readyRun();
    await bench.db.execute(`update run set worker = 'external', updated_at = now() - interval '2 h' where id = $1`, [
      runId,
    ]);
    await failSilentRuns(bench.db, { silentMs: 3_600_000 });
    expect(await alerts()).toMatchObject([{ kind: 'run.failed', runId, code: 'externalTimedOut' }]);
  });

  it('is told of no more once it is retried, and not again when it is canceled then', async () => {
    const { runId } = await bench.readyRun();
    await endWith(runId, 'queryGone');
    await bench.retry(runId);
    expect(await alerts()).toMatchObject([{ resolvedAt: expect.any(Date) as Date }]);
    await bench.cancel(runId);
    expect(await alerts()).toHaveLength(1);
  });

  it('is told of no more once a later run of its campaign has succeeded', async () => {
    const { runId } = await bench.readyRun();
    await endWith(runId, 'sftpLoginRefused');
    const { campaign: campaignId } = await bench.wantedRun(runId);
    const later = await insertRow<{ id: string }>(bench.db, 'run', {
      ...{ companyId: bench.companyId, campaignId, status: 'running', trigger: 'manual', settings: {} },
    });
    expect(await alerts()).toMatchObject([{ resolvedAt: null }]);

    await bench.db.execute(`update run set status = 'succeeded' where id = $1`, [later.id]);

    expect(await alerts()).toMatchObject([{ resolvedAt: expect.any(Date) as Date }]);
  });

  it('is still told of when a run that was begun before it succeeds now', async () => {
    const { runId } = await bench.readyRun();
    const { campaign: campaignId } = await bench.wantedRun(runId);
    const older = await insertRow<{ id: string }>(bench.db, 'run', {
      ...{ companyId: bench.companyId, campaignId, status: 'failed', trigger: 'manual', settings: {} },
      createdAt: new Date(Date.now() - 86_400_000),
    });
    await endWith(runId, 'sftpLoginRefused');

    await bench.db.execute(`update run set status = 'succeeded' where id = $1`, [older.id]);

    expect(await alerts()).toMatchObject([{ runId, resolvedAt: null }]);
  });

  it('is told of no more once its campaign is deleted', async () => {
    const { runId } = await bench.readyRun();
    await endWith(runId, 'sftpLoginRefused');
    await bench.changeCampaign(runId, 'deleted_at = now()');
    expect(await alerts()).toMatchObject([{ resolvedAt: expect.any(Date) as Date }]);
  });
});

describe('a delivery in doubt', () => {
  const file = 'contacts_output.csv' as const;
  const doubtfulRun = async () => {
    const { runId } = await bench.readyRun();
    await bench.workUntil('upload');
    const upload = (await bench.runs.claim({ runId, step: 'upload' }, false)) as Claim;
    const planned = { file, remoteName: 'a.csv', sizeBytes: 1, sha256: 'ab' };
    const delivery = await bench.deliveries.plan(upload, planned);
    await bench.deliveries.mark(upload, delivery, { state: 'renaming' });
    await bench.runs.endRun(upload, 'failed', { code: 'sftpUnreachable', message: 'Told' });
    return runId;
  };
  const resolve = async (runId: string, as: 'delivered' | 'notDelivered') => {
    const wanted = await bench.wantedRun(runId);
    await bench.company.transaction((tx) => resolveDelivery(tx, wanted, { file, as, note: 'seen', byKey: 'key1' }));
  };

  it.each(['delivered', 'notDelivered'] as const)(
    'raises one alert, and a word of a person closes it: %s',
    async (as) => {
      const runId = await doubtfulRun();
      expect(await bench.runOf(runId)).toMatchObject({ status: 'failed', error_code: 'deliveryUnknown' });
      expect(await alerts()).toMatchObject([{ kind: 'delivery.unknown', runId, file, resolvedAt: null }]);

      await resolve(runId, as);

      const [ofDelivery, ...more] = await alerts();
      const said = { resolvedAt: expect.any(Date) as Date, resolvedBy: 'key1', note: 'seen' };
      expect(ofDelivery).toMatchObject({ kind: 'delivery.unknown', ...said });
      // not delivered, the contacts are still to be sent
      const left = { kind: 'run.failed', runId, code: 'notDelivered', resolvedAt: null };
      expect(more).toMatchObject(as === 'delivered' ? [] : [left]);
      if (as === 'delivered') return;
      await bench.retry(runId);
      expect(await alerts()).toMatchObject([{}, { resolvedAt: expect.any(Date) as Date }]);
    },
  );

  it('raises no other alert once it is resolved where the campaign is deleted, and the run says that it cannot be retried', async () => {
    const runId = await doubtfulRun();
    await bench.changeCampaign(runId, 'deleted_at = now()');
    expect(await alerts()).toMatchObject([{ kind: 'delivery.unknown', resolvedAt: null }]);

    await resolve(runId, 'notDelivered');

    expect(await alerts()).toMatchObject([{ kind: 'delivery.unknown', resolvedAt: expect.any(Date) as Date }]);
    expect(await bench.runOf(runId)).toMatchObject({
      error_code: 'notDelivered',
      error_message: expect.stringMatching(/campaign was deleted, so that the run cannot be retried/) as string,
    });
  });
});

describe('a campaign that is deleted', () => {
  it('raises no alert when its last run fails after that', async () => {
    const { runId } = await bench.readyRun();
    await bench.changeCampaign(runId, 'deleted_at = now()');
    await endWith(runId, 'sftpLoginRefused');
    expect(await alerts()).toEqual([]);
  });

  it('raises one still for a delivery in doubt', async () => {
    const { runId } = await bench.readyRun();
    await bench.changeCampaign(runId, 'deleted_at = now()');
    await insertRow(bench.db, 'delivery', {
      ...{ runId, file: 'contacts_output.csv', try: 1, generation: 1, state: 'unknown' },
      ...{ remoteName: 'a.csv', temporaryName: 't', sizeBytes: 1, sha256: 'a' },
    });
    expect(await alerts()).toMatchObject([{ kind: 'delivery.unknown', runId, resolvedAt: null }]);
  });
});

describe('slots', () => {
  const scheduled = async () => {
    await bench.db.execute(
      `update company set time_zone = 'UTC', dispatch_from = '06:00', dispatch_to = '06:01' where id = $1`,
      [bench.companyId],
    );
    const campaignId = await insertCampaign(bench.db, { companyId: bench.companyId, schedule: 'P P * * *' });
    await movedClock(bench.db, '2026-06-01T00:00:00Z').transaction((tx) => startSchedule(tx, campaignId));
    return campaignId;
  };

  it('that were missed raise one alert for all that were found at once', async () => {
    const campaignId = await scheduled();
    await recordDueSlots(movedClock(bench.db, '2026-06-03T13:00:00Z'), campaignId);

    expect(await alerts()).toMatchObject([
      {
        ...{ kind: 'slot.missed', campaignId, runId: null, slots: 3, dueDate: '2026-06-03', code: 'cutOffPassed' },
        resolvedAt: null,
      },
    ]);
  });

  it('whose run nobody began raise one, too, and a run that succeeds closes it', async () => {
    const campaignId = await scheduled();
    await recordDueSlots(movedClock(bench.db, '2026-06-01T07:00:00Z'), campaignId);
    expect(await alerts()).toEqual([]);
    await cancelLateRuns(movedClock(bench.db, '2026-06-01T13:00:00Z'));
    expect(await alerts()).toMatchObject([{ kind: 'slot.missed', code: 'notBegun', slots: 1, resolvedAt: null }]);

    const { runIds } = await recordDueSlots(movedClock(bench.db, '2026-06-02T07:00:00Z'), campaignId);
    await bench.db.execute(`update run set status = 'succeeded' where id = any($1)`, [runIds]);

    expect(await alerts()).toMatchObject([{ resolvedAt: expect.any(Date) as Date }]);
  });
});

it('waits for the webhook where the company has one', async () => {
  const webhook = { url: 'https://hooks.example.com/', secret: null };
  await bench.db.execute('update company set alert_webhook = $1', [webhook]);
  const { runId } = await bench.readyRun();
  await bench.park(runId, 'query');
  expect(await alerts()).toMatchObject([{ webhook: 'pending', tries: 0, nextTryAt: expect.any(Date) as Date }]);
});
