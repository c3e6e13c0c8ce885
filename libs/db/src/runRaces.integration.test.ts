import { type Claim } from '@muster/pipeline/runs';
import { type ControlBench, controlBench } from '@muster/testing/controlBench';
import { queueUp } from '@muster/testing/queueUp';
import { failSilentRuns } from './failSilentRuns.ts';
import { insertRun } from './insertRun.ts';
import { lockRunView } from './lockRunView.ts';
import { resolveDelivery } from './resolveDelivery.ts';
import { writeReport } from './writeReport.ts';

let bench: ControlBench;
beforeEach(async () => void (bench = await controlBench()));
afterEach(() => bench.close());

const claim = (runId: string) => bench.runs.claim({ runId, step: 'query' }, false);

describe('a cancel and a worker that takes the run', () => {
  it('leave the run to the worker, who is told, where the worker comes first', async () => {
    const { runId } = await bench.readyRun();

    const [taken] = await queueUp(
      bench.db,
      runId,
      () => claim(runId),
      () => bench.cancel(runId),
    );

    expect(await bench.runOf(runId)).toMatchObject({ status: 'running' });
    expect(await bench.runs.renew((taken as PromiseFulfilledResult<Claim>).value)).toBe('cancelAsked');
  });

  it('leave the worker nothing where the cancel comes first', async () => {
    const { runId } = await bench.readyRun();

    const [, taken] = await queueUp(
      bench.db,
      runId,
      () => bench.cancel(runId),
      () => claim(runId),
    );

    expect(taken).toEqual({ status: 'fulfilled', value: undefined });
    expect(await bench.runOf(runId)).toMatchObject({ status: 'canceled' });
  });
});

describe('a cancel and the last checkpoint', () => {
  const lastStep = async () => {
    const { runId } = await bench.readyRun({ withSftp: false });
    await bench.workUntil('report');
    const report = (await bench.runs.claim({ runId, step: 'report' }, false)) as Claim;
    return { runId, finish: () => bench.runs.finishStep(report, {}, []) };
  };

  it('end a run well where the checkpoint comes first', async () => {
    const { runId, finish } = await lastStep();

    const [, canceled] = await queueUp(bench.db, runId, finish, () => bench.cancel(runId));

    expect(canceled).toMatchObject({ status: 'rejected', reason: { code: 'runEnded' } });
    expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded' });
  });

  it('end no run well where the cancel comes first', async () => {
    const { runId, finish } = await lastStep();

    const [, finished] = await queueUp(bench.db, runId, () => bench.cancel(runId), finish);

    expect(finished).toMatchObject({ status: 'rejected', reason: { name: 'CancelAsked' } });
    expect(await bench.runOf(runId)).toMatchObject({ status: 'running' });
  });
});

describe('a retry', () => {
  const failedRun = async () => {
    const { runId } = await bench.readyRun();
    await bench.failAt('query');
    return runId;
  };

  it('and a new run of the campaign at once make one run that is under way', async () => {
    for (let i = 0; i < 5; i++) {
      const runId = await failedRun();
      const settings = (await bench.settingsOf(runId))!;
      const another = { settings, trigger: 'manual', scheduledFor: null, requestId: null } as const;
      const start = () => bench.company.transaction((tx) => insertRun(tx, another));

      const outcomes = await Promise.allSettled([bench.retry(runId), start()]);

      const refusal = outcomes.find(({ status }) => status === 'rejected');
      expect(refusal).toMatchObject({ reason: { code: 'runActive' } });
      const active = `select 1 from run where campaign_id = $1 and status in ('pending', 'running')`;
      expect(await bench.db.query(active, [settings.campaign.id])).toHaveLength(1);
    }
  });

  it('ends at once by a cancel that waited for it, and nobody takes it', async () => {
    const runId = await failedRun();

    const [, canceled] = await queueUp(
      bench.db,
      runId,
      () => bench.retry(runId),
      () => bench.cancel(runId),
    );

    expect(canceled).toMatchObject({ status: 'fulfilled' });
    expect(await bench.runOf(runId)).toMatchObject({ status: 'canceled' });
    expect(await claim(runId)).toBeUndefined();
  });

  it.each([
    ['first', { retry: 'deliveryUnknown', resolve: undefined }],
    ['second', { retry: 'notRetriable', resolve: undefined }],
  ])('that comes %s to a delivery in doubt, which a person resolves, sends nothing again', async (order, codes) => {
    const { runId } = await bench.readyRun();
    await bench.workUntil('upload');
    bench.sftp.loseReplyTo('rename').thenRemove(/_contacts.csv$/);
    await bench.work();
    await bench.passTime();
    await bench.heal();
    await bench.work();
    const wanted = await bench.wantedRun(runId);
    const resolution = { file: 'contacts_output.csv', as: 'delivered', note: 'Seen', byKey: 'key1' } as const;
    const resolve = () => bench.company.transaction((tx) => resolveDelivery(tx, wanted, resolution));
    const retry = () => bench.retry(runId);

    const works = order === 'first' ? [retry, resolve] : [resolve, retry];
    const outcomes = await queueUp(bench.db, runId, ...works);
    await bench.ring();
    await bench.work();

    const codeOf = (at: number) => {
      const outcome = outcomes[at];
      return outcome?.status === 'rejected' ? (outcome.reason as { code: string }).code : undefined;
    };
    expect({ retry: codeOf(works.indexOf(retry)), resolve: codeOf(works.indexOf(resolve)) }).toEqual(codes);
    expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded' });
    expect(bench.uploads()).toBe(1);
  });
});

it('goes on with an outside run that is reported on while it is to be failed for its silence', async () => {
  const silence = { silentMs: 86_400_000 };
  const runId = await bench.startRun({ worker: 'external' });
  await bench.db.execute(`update run set updated_at = now() - interval '2 days' where id = $1`, [runId]);

  const failed = await bench.company.transaction(async (tx) => {
    const run = await lockRunView(tx, await bench.wantedRun(runId));
    const passed = await failSilentRuns(bench.db, silence); // passes by what somebody holds
    await writeReport(tx, run, { status: 'running', files: [] });
    return passed;
  });

  expect([failed, await failSilentRuns(bench.db, silence)]).toEqual([[], []]);
  expect(await bench.runOf(runId)).toMatchObject({ status: 'running' });
});
